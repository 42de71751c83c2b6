"""Made from include/contracts/vawg/marac_case.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("vawg", "marac_case")
