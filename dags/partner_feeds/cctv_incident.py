"""Made from include/contracts/cctv/incident.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("cctv", "incident")
