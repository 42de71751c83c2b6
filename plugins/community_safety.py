"""What Airflow loads of the platform when one of its processes starts.

DAG files are parsed, and tasks run, in forks of long-lived processes. What the parent has imported
its forks need not import again. So every process imports what DAG files need, and those that fork
tasks also import what tasks need: Great Expectations and dbt take seconds each, and a refresh needs
both several times over.
"""

import importlib
import sys

from airflow.plugins_manager import AirflowPlugin

import csp_airflow.dbt_stage
import csp_airflow.feed_dag
import csp_airflow.refresh_tasks

FOR_DAG_FILES = (
    csp_airflow.dbt_stage,
    csp_airflow.feed_dag,
    csp_airflow.refresh_tasks,
)
FOR_TASKS = (
    "csp.ingest",
    "csp.warehouse.refresh",
    "great_expectations.expectations",
    "dbt.cli.main",
    "dbt.task.build",
    "babel.dates",
    "pyarrow.dataset",
    "dbt.adapters.duckdb",
    "dbt.adapters.postgres",
)
FORKS_TASKS = {"scheduler", "worker"}

if FORKS_TASKS & set(sys.argv[1:3]):
    for name in FOR_TASKS:
        importlib.import_module(name)


class CommunitySafetyPlugin(AirflowPlugin):
    """Names the platform in Airflow's list of plugins."""

    name = "community_safety"
