"""Made from include/contracts/fire/lfb_mobilisation.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("fire", "lfb_mobilisation")
