"""Made from include/contracts/cohesion/protective_security.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("cohesion", "protective_security")
