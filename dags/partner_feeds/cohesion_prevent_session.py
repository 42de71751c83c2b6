"""Made from include/contracts/cohesion/prevent_session.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("cohesion", "prevent_session")
