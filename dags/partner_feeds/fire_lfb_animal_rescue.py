"""Made from include/contracts/fire/lfb_animal_rescue.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("fire", "lfb_animal_rescue")
