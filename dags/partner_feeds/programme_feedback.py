"""Made from include/contracts/programme/feedback.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("programme", "feedback")
