"""Made from include/contracts/vawg/sanctuary_installation.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("vawg", "sanctuary_installation")
