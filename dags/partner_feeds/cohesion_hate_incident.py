"""Made from include/contracts/cohesion/hate_incident.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("cohesion", "hate_incident")
