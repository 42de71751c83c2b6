"""Between Airflow and the package: data errors fail at once, infrastructure errors retry."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar

from airflow.sdk import Connection
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowNotFoundException,
)

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

DEFAULTS = {
    "retries": 2,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "execution_timeout": timedelta(hours=2),
}


def data_errors_fail_at_once(
    function: Callable[Parameters, Result],
) -> Callable[Parameters, Result]:
    """Turn an error that a person has to put right into a failure that is not retried.

    Whatever else is raised (a lost connection, a full disk) is left to Airflow's retries, as a
    sentence: the text of an error may hold a value of a row, or a password.
    """

    @functools.wraps(function)
    def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        # Nothing heavy while DAGs are parsed.
        from csp.errors import CspError, OutsideFaultError  # noqa: PLC0415
        from csp.faults import fault_of  # noqa: PLC0415

        try:
            return function(*args, **kwargs)
        except AirflowException:
            raise
        except CspError as error:
            if isinstance(error, OutsideFaultError) or fault_of(error):
                raise AirflowException(str(error)) from None
            raise AirflowFailException(str(error)) from None
        except Exception as error:
            raise AirflowException(_noted(error)) from None

    return guarded


def _noted(error: Exception) -> str:
    """The sentence of an error that a task may be tried again after; where it was goes to a log."""
    from csp.faults import fault_of  # noqa: PLC0415
    from csp.storage.home import Home  # noqa: PLC0415

    log = Home.from_environment().note_error(error)
    noted = f"where it happened is in {log}" if log else "where it happened could not be noted"
    if fault := fault_of(error):
        return f"{fault} ({noted}; docs/runbooks/faults.md)"
    return f"an unforeseen error ({type(error).__name__}); {noted}; please report it"


def use_airflow_key() -> None:
    """Take the pseudonymisation key from Airflow's connection `csp_pseudonym_key`, if there is one.

    Its password is the key (64 hex digits), its extra the epoch: `{"epoch": "2021Q2"}`. Without
    the connection the key file is used. Airflow does not tell a connection that is absent from one
    that could not be fetched; a server therefore has no key file (docs/server.md).

    Raises:
        KeyRefusedError: The connection holds no key.
    """
    from csp.pseudonyms.keys import AIRFLOW_CONNECTION, key_of_text, use_key  # noqa: PLC0415

    try:
        connection = Connection.get(AIRFLOW_CONNECTION)
    except AirflowNotFoundException:
        use_key(None)
        return
    epoch = str(connection.extra_dejson.get("epoch", ""))
    source = f"Airflow's connection '{AIRFLOW_CONNECTION}'"
    use_key(key_of_text(connection.password or "", epoch, source=source))
