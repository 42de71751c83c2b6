"""Made from include/contracts/civil/training.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("civil", "training")
