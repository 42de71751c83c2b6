"""Made from include/contracts/treatment/prison_transfer.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("treatment", "prison_transfer")
