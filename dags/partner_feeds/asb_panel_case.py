"""Made from include/contracts/asb/panel_case.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("asb", "panel_case")
