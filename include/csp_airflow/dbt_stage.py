"""One dbt stage as a task group: one dbt process, every model visible as a task."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from csp.lake.home import Home
from csp.project import DBT_PROJECT

if TYPE_CHECKING:
    from airflow.sdk import TaskGroup


def dbt_stage(group_id: str, select: str, publication_id: str) -> TaskGroup:
    """A group whose producer runs dbt once and whose other tasks show one model each.

    Args:
        group_id: Name of the group.
        select: dbt selection, the same as `csp refresh` uses.
        publication_id: Template of the number that the marts carry.
    """
    from cosmos.airflow.task_group import DbtTaskGroup  # noqa: PLC0415
    from cosmos.config import (  # noqa: PLC0415
        ExecutionConfig,
        ProfileConfig,
        ProjectConfig,
        RenderConfig,
    )
    from cosmos.constants import (  # noqa: PLC0415
        ExecutionMode,
        InvocationMode,
        LoadMode,
        SeedRenderingBehavior,
        TestBehavior,
    )

    arguments: dict[str, Any] = {
        "env": {"CSP_PUBLICATION_ID": publication_id},
        "install_deps": False,
        "append_env": True,
        "retries": 0,  # a consumer's retry would start a second dbt and meet DuckDB's lock
        "deferrable": False,
        "poke_interval": 1,
    }
    manifest = Home.from_environment().dbt_manifest
    project = ProjectConfig(
        dbt_project_path=DBT_PROJECT, manifest_path=str(manifest), install_dbt_deps=False
    )
    # Through Airflow's object storage the first read of a plain file loads every plugin and a web
    # framework with them, half a second of each parse.
    project.manifest_path = manifest
    return DbtTaskGroup(
        group_id=group_id,
        project_config=project,
        profile_config=ProfileConfig(
            profile_name="community_safety",
            target_name=os.environ.get("CSP_DBT_TARGET", "duckdb"),
            profiles_yml_filepath=DBT_PROJECT / "profiles.yml",
        ),
        execution_config=ExecutionConfig(
            execution_mode=ExecutionMode.WATCHER, invocation_mode=InvocationMode.DBT_RUNNER
        ),
        render_config=RenderConfig(
            load_method=LoadMode.DBT_MANIFEST,
            select=[select],
            test_behavior=TestBehavior.NONE,
            emit_datasets=False,
            # The producer loads the seeds all the same; a task for each would only cost time.
            seed_rendering_behavior=SeedRenderingBehavior.NONE,
        ),
        operator_args=arguments,
        default_args={"retries": 0},
    )
