"""Made from include/contracts/civil/incident.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("civil", "incident")
