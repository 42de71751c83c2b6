"""Made from include/contracts/civil/cadre_shift.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("civil", "cadre_shift")
