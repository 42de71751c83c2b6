"""A real Airflow on loopback, started and stopped by the project.

All four of its processes (scheduler, dag-processor, triggerer, api-server) with SQLite metadata
and the local executor; `docker-compose.yml` is the server shape.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import httpx

from csp.errors import CspError
from csp.project import PROJECT_ROOT
from csp.storage.home import Home
from csp.warehouse.dbt_runner import DbtRunner, dbt_settings
from csp.warehouse.platform import Platform

PROCESSES = ("api-server", "scheduler", "dag-processor", "triggerer")
LONGEST_START_SECONDS = 180
LONGEST_STOP_SECONDS = 20
#: How long a process waits for another one that writes to the metadata.
LONGEST_WAIT_SECONDS = 60
USER = "admin"


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def airflow_settings(folder: Path, port: int, secret: str) -> dict[str, str]:
    """Environment of every Airflow process.

    Args:
        folder: Airflow's own home: metadata, logs, password.
        port: Port of the api-server.
        secret: Signs tokens between the processes.
    """
    metadata = f"sqlite:///{folder / 'airflow.db'}?timeout={LONGEST_WAIT_SECONDS}"
    settings = {
        "CORE__DAGS_FOLDER": PROJECT_ROOT / "dags",
        "CORE__PLUGINS_FOLDER": PROJECT_ROOT / "plugins",
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__EXECUTOR": "LocalExecutor",
        # A worker process costs seconds to start, a task in a warm one half a second.
        "CORE__PARALLELISM": "4",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": folder / "passwords.json",
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "CORE__DAGBAG_IMPORT_TIMEOUT": "30",
        "DATABASE__SQL_ALCHEMY_CONN": metadata,
        "API__PORT": str(port),
        "API__HOST": "127.0.0.1",
        "API__WORKERS": "1",
        "API__SECRET_KEY": secret,
        "API_AUTH__JWT_SECRET": secret,
        "LOGGING__BASE_LOG_FOLDER": folder / "logs",
        "LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        # A worker may miss that its task has ended, and then looks again after this many seconds.
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        # A file that has changed is read at once all the same; reading all fifty takes a processor.
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "1800",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
        "SCHEDULER__ENABLE_TRACEMALLOC": "False",
    }
    named = {f"AIRFLOW__{name}": str(value) for name, value in settings.items()}
    return named | {
        "AIRFLOW_HOME": str(folder),
        "DO_NOT_TRACK": "1",
        "SCARF_NO_ANALYTICS": "true",
        "GX_ANALYTICS_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
    }


class LocalAirflow:
    """One local Airflow below a data root.

    Args:
        home: The data root; Airflow's own files lie in its folder `airflow`.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.root / "airflow"
        self.note = self.folder / "running.json"
        self.port = 0
        self.password = ""
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._secret = secrets.token_urlsafe(64)

    @property
    def address(self) -> str:
        """Where the web interface and the REST interface answer."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Environment of every process: the caller's, the data root, dbt's and Airflow's own."""
        platform = Platform.from_environment()
        scripts = str(Path(sys.executable).parent)
        return (
            dict(os.environ)
            | {"CSP_HOME": str(self.home.root), "PATH": f"{scripts}:{os.environ.get('PATH', '')}"}
            | dbt_settings(platform.warehouse, self.home)
            | airflow_settings(self.folder, self.port, self._secret)
        )

    def start(self) -> None:
        """Make metadata and manifest, start the processes, wait until all are healthy.

        Raises:
            CspError: One of them did not come up; the message names its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.password = secrets.token_urlsafe(9)
        passwords = self.folder / "passwords.json"
        passwords.write_text(json.dumps({USER: self.password}), encoding="utf-8")
        passwords.chmod(0o600)
        platform = Platform.from_environment()
        environment = self.environment()
        migrate = subprocess.Popen(
            [sys.executable, "-m", "airflow", "db", "migrate"],
            env=environment,
            stdout=self._log("db-migrate"),
            stderr=subprocess.STDOUT,
        )
        DbtRunner(platform.warehouse, self.home).write_models()
        if migrate.wait() != 0:
            raise CspError(
                f"Airflow's metadata could not be made; see {self.folder}/db-migrate.log"
            )
        for name in PROCESSES:
            self.processes[name] = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "airflow", *name.split()],
                env=environment,
                stdout=self._log(name),
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._await_health()

    def _log(self, name: str) -> IO[bytes]:
        return (self.folder / f"{name}.log").open("wb")

    def _await_health(self) -> None:
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while time.monotonic() < deadline:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    self.stop()
                    raise CspError(f"Airflow's {name} ended; see {self.folder}/{name}.log")
            if self._healthy():
                return
            time.sleep(0.5)
        self.stop()
        raise CspError(f"Airflow did not come up; see the logs in {self.folder}")

    def _healthy(self) -> bool:
        try:
            answer = httpx.get(f"{self.address}/api/v2/monitor/health", timeout=5)
        except httpx.HTTPError:
            return False
        parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        return answer.status_code == httpx.codes.OK and all(
            answer.json().get(part, {}).get("status") == "healthy" for part in parts
        )

    def stop(self) -> None:
        """Stop every process and whatever it started."""
        for process in self.processes.values():
            _signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + LONGEST_STOP_SECONDS
        for process in self.processes.values():
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                _signal_group(process.pid, signal.SIGKILL)
                process.wait()
            _signal_group(process.pid, signal.SIGKILL)
        self.processes.clear()
        self.note.unlink(missing_ok=True)

    def leave_running(self) -> None:
        """Note the processes, so that `down` finds them."""
        pids = {name: process.pid for name, process in self.processes.items()}
        self.note.write_text(json.dumps({"port": self.port, "pids": pids}), encoding="utf-8")

    def stop_left_running(self) -> bool:
        """Stop what `leave_running` noted; False when there is nothing."""
        if not self.note.exists():
            return False
        pids = json.loads(self.note.read_text(encoding="utf-8"))["pids"].values()
        for pid in pids:
            _signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + LONGEST_STOP_SECONDS
        while time.monotonic() < deadline and any(_is_alive(pid) for pid in pids):
            time.sleep(0.2)
        for pid in pids:
            _signal_group(pid, signal.SIGKILL)
        self.note.unlink()
        return True


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def main() -> None:
    """`up` starts Airflow and leaves it running; `down` stops it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("action", choices=["up", "down"])
    action = parser.parse_args().action
    airflow = LocalAirflow(Home.from_environment())
    if action == "down":
        print("stopped" if airflow.stop_left_running() else "nothing was running")  # noqa: T201
        return
    airflow.stop_left_running()
    airflow.start()
    airflow.leave_running()
    print(  # noqa: T201
        f"Airflow is at {airflow.address}\nlogin: {USER}  password: {airflow.password}\n"
        f"inbox: {airflow.home.root / 'inbox'}/<feed>/   stop it with: make down"
    )


if __name__ == "__main__":
    try:
        main()
    except CspError as error:
        print(f"csp: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
