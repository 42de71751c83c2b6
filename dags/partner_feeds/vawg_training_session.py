"""Made from include/contracts/vawg/training_session.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("vawg", "training_session")
