"""What Airflow loads of the platform when one of its processes starts.

DAG files are parsed, and tasks run, in forks of the dag-processor and of the local executor. What
a parent has imported its forks need not import again, which is most of the time that the refresh
DAG takes to parse; so the parents import it here, once.
"""

import cosmos.airflow.task_group
import cosmos.config
import cosmos.operators.watcher
from airflow.plugins_manager import AirflowPlugin

import csp_airflow.feed_dag
import csp_airflow.refresh_tasks

PRELOADED = (
    cosmos.airflow.task_group,
    cosmos.config,
    cosmos.operators.watcher,
    csp_airflow.feed_dag,
    csp_airflow.refresh_tasks,
)


class CommunitySafetyPlugin(AirflowPlugin):
    """Names the platform in Airflow's list of plugins."""

    name = "community_safety"
