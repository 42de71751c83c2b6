"""Made from include/contracts/reference/population.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("reference", "population")
