"""Between Airflow and the package: data faults fail at once, infrastructure faults retry."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar

from airflow.sdk.exceptions import AirflowFailException

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

DEFAULTS = {
    "retries": 2,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "execution_timeout": timedelta(hours=2),
}


def data_faults_fail_at_once(
    function: Callable[Parameters, Result],
) -> Callable[Parameters, Result]:
    """Turn a fault that a person has to put right into a failure that is not retried.

    Whatever else is raised (a lost connection, a full disk) is left to Airflow's retries.
    """

    @functools.wraps(function)
    def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        from csp.faults import CspError  # noqa: PLC0415 - nothing heavy while DAGs are parsed

        try:
            return function(*args, **kwargs)
        except CspError as fault:
            raise AirflowFailException(str(fault)) from None

    return guarded
