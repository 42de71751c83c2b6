"""Made from include/contracts/mps/crime_dashboard.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("mps", "crime_dashboard")
