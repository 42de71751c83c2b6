"""Made from include/contracts/cctv/evidence_request.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("cctv", "evidence_request")
