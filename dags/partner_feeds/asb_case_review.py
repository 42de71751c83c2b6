"""Made from include/contracts/asb/case_review.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("asb", "case_review")
