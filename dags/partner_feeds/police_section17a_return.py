"""Made from include/contracts/police/section17a_return.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("police", "section17a_return")
