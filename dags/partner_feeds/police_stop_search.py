"""Made from include/contracts/police/stop_search.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("police", "stop_search")
