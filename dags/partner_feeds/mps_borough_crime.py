"""Made from include/contracts/mps/borough_crime.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("mps", "borough_crime")
