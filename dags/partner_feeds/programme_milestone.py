"""Made from include/contracts/programme/milestone.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("programme", "milestone")
