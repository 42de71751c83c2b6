"""Made from include/contracts/cctv/vehicle_hit.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("cctv", "vehicle_hit")
