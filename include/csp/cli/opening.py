"""What a command opens when it runs: `--help` needs none of it, and imports none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csp.warehouse.platform import Platform


def open_platform() -> Platform:
    """The platform that the environment names."""
    from csp.warehouse.platform import Platform  # noqa: PLC0415

    return Platform.from_environment()
