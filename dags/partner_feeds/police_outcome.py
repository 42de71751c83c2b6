"""Made from include/contracts/police/outcome.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("police", "outcome")
