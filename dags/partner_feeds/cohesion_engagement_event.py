"""Made from include/contracts/cohesion/engagement_event.yml by csp feeds write."""

from csp_airflow.feed_dag import feed_dag

dag = feed_dag("cohesion", "engagement_event")
