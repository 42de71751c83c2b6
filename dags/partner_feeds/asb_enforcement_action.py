"""Made from include/contracts/asb/enforcement_action.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("asb", "enforcement_action")
