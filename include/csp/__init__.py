"""Community-safety data platform: partner feeds in, published KPI marts out.

For a notebook: `csp.read("kpi_observation")` (docs/reading-with-pandas.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csp.kpi.frames import read

__all__ = ["read"]


def __getattr__(name: str) -> object:
    """Find `csp.read` when it is asked for, so that `import csp` brings no pandas with it."""
    if name == "read":
        from csp.kpi.frames import read  # noqa: PLC0415

        return read
    raise AttributeError(f"module 'csp' has no attribute '{name}'")
