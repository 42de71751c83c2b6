"""Made from include/contracts/asb/premises_visit.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("asb", "premises_visit")
