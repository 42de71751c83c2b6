"""Made from include/contracts/civil/exercise.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("civil", "exercise")
