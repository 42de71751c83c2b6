"""Modules that a package imports but that we never use, left until something is asked of them.

Great Expectations imports SciPy's statistics and Altair for one expectation, which draws a chart
of a distribution. They are two fifths of the time that its import takes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class _Deferred(ModuleType):
    """Stands for a module, and imports it when something is asked of it."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def deferred(*names: str) -> Iterator[None]:
    """Let what is imported inside the block have these modules later; all others get them at once.

    Args:
        names: Modules that are bound as a whole (`import a as b`, `from a import b`) and used only
            inside functions.
    """
    stands_in = {name: _Deferred(name) for name in names if name not in sys.modules}
    sys.modules.update(stands_in)
    try:
        yield
    finally:
        for name, module in stands_in.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
