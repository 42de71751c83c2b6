"""Made from include/contracts/programme/funding_line.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("programme", "funding_line")
