"""A copy of the project as it stands here, for tests that edit it as a person would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from csp.project import PROJECT_ROOT

#: What is made, fetched or written by running, and so is no part of a clean checkout.
LEFT_OUT = (
    "__pycache__",
    ".venv",
    ".git",
    ".*_cache",
    "*.egg-info",
    "data",
    "target",
    "logs",
    "from_contracts",
    "from_catalogue",
    "feeds",
    "data-dict*",
    "contracts.json",
)


@dataclass(frozen=True)
class ProjectCopy:
    """A copy with a data root of its own.

    Attributes:
        root: The copy, a git checkout with everything committed.
        home: Its data root, empty at first.
    """

    root: Path
    home: Path

    @classmethod
    def below(cls, folder: Path) -> ProjectCopy:
        """A copy below a folder."""
        root = folder / "project"
        shutil.copytree(PROJECT_ROOT, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
        git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "As it stands"]):
            subprocess.run([*git, *command], cwd=root, check=True)
        return cls(root, folder / "home")

    def touched(self) -> list[str]:
        """What git says has been changed (` M`) or added (`??`) since."""
        status = ["git", "status", "--porcelain", "--untracked-files=all"]
        done = subprocess.run(status, cwd=self.root, capture_output=True, text=True, check=True)
        return sorted(done.stdout.split("\n")[:-1])

    def python(self, script: str, *arguments: str, code: int = 0) -> str:
        """Run Python on the copy's own package; gives what it printed.

        Args:
            script: The program.
            arguments: Of the program.
            code: Exit code that it must end with.
        """
        paths = os.pathsep.join(str(self.root / part) for part in ("include", "simulator"))
        environment = os.environ | {
            "PYTHONPATH": paths,
            "CSP_HOME": str(self.home),
            "CSP_WAREHOUSE": os.environ.get("CSP_WAREHOUSE", "duckdb"),
        }
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def csp(self, *arguments: str, code: int = 0) -> str:
        """Run the copy's own command line."""
        return self.python("from csp.cli import main; main()", *arguments, code=code)

    def edit(self, path: str, old: str, new: str) -> None:
        """Change one place of a file; `old` must stand there once."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new), encoding="utf-8")
