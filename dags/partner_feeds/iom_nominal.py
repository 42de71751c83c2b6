"""Made from include/contracts/iom/nominal.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("iom", "nominal")
