"""Made from include/contracts/cohesion/tension_issue.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("cohesion", "tension_issue")
