"""Made from include/contracts/cohesion/prevent_referral.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("cohesion", "prevent_referral")
