"""Made from include/contracts/treatment/adder_return.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("treatment", "adder_return")
