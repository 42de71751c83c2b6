"""The files of the server shape, as tests read them and as they break copies of them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from csp.project import PROJECT_ROOT

VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([?-])([^}]*))?\}")


@dataclass(frozen=True)
class Shape:
    """The files of the server shape as text, so that a test can break a copy."""

    compose: str
    example: str
    dockerfile: str
    sftp_dockerfile: str

    @classmethod
    def of_the_project(cls) -> Shape:
        """The files as they are."""

        def text(place: str) -> str:
            return (PROJECT_ROOT / place).read_text(encoding="utf-8")

        return cls(
            text("docker-compose.yml"),
            text(".env.example"),
            text("docker/Dockerfile"),
            text("docker/sftp/Dockerfile"),
        )

    @cached_property
    def content(self) -> dict[str, Any]:
        """The compose file."""
        return yaml.safe_load(self.compose)

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """Its services by name."""
        return self.content["services"]

    @cached_property
    def example_values(self) -> dict[str, str]:
        """Variables of .env.example with their values."""
        lines = (line for line in self.example.splitlines() if line and not line.startswith("#"))
        return dict(line.split("=", 1) for line in lines)

    @property
    def variables(self) -> list[tuple[str, str, str]]:
        """Name, operator (`?`, `-` or none) and text of each variable used."""
        return [match.groups(default="") for match in VARIABLE.finditer(json.dumps(self.content))]

    def resolved(self, service: str) -> dict[str, str]:
        """A service's environment with `given` in place of each secret."""

        def value_of(match: re.Match[str]) -> str:
            return match.group(3) if match.group(2) == "-" else "given"

        environment = self.services[service].get("environment", {})
        return {name: VARIABLE.sub(value_of, str(value)) for name, value in environment.items()}

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """Each service and each command line it starts, health checks included."""
        for name, service in self.services.items():
            test = list(service.get("healthcheck", {}).get("test", []))
            if test[:1] == ["CMD-SHELL"]:
                test = ["sh", "-c", *test[1:]]
            for words in (service.get("command", []), test[1:] if test[:1] == ["CMD"] else test):
                if words[:1] == ["sh"]:
                    for line in words[-1].replace("$$", "$").splitlines():
                        for part in line.split("|"):
                            yield name, shlex.split(part)
                elif words:
                    yield name, list(words)


@dataclass(frozen=True)
class AirflowAnswer:
    """What Airflow's own parser and configuration say."""

    faults: dict[str, str]
    options: set[str]
    asked: set[str]
