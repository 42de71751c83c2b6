"""How a command ends: by itself, with an error in a sentence, or by a signal."""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from rich.console import Console

from csp.errors import CspError, EndedBySignalError, GateHeldError, OutsideFaultError
from csp.faults import ended_by_signal, fault_of, in_words
from csp.faults.sentences import MEMORY
from csp.storage.home import Home

DONE, FAILED, HELD = 0, 1, 4
SIGNALLED = 128
RUNBOOK = "docs/runbooks/faults.md"
#: Signals that ask a command to end. A terminal that is closed may send SIGHUP twice.
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
AT_ONCE = (signal.SIGTERM, signal.SIGINT)
#: Wakes the command and does nothing else; nobody sends it otherwise.
NUDGE = signal.SIGURG
PATIENCE_SECONDS = 0.2
#: Said without making anything, as there is nothing to make it of.
NO_MEMORY = f"csp: {MEMORY} ({RUNBOOK})\n".encode()


def run(command: Callable[[], None]) -> int:
    """Run a command; whatever ends it is said in a sentence, never by a traceback.

    Args:
        command: The command line; it may end by SystemExit, as Typer does.

    Returns:
        The exit code: 128 and the signal's number when a signal ended it.
    """
    heard = _EndingSignals()
    # A log that cannot be written is told of by tracebacks, beside the fault itself.
    logging.raiseExceptions = False
    try:
        code = _typers_code(command)
        # What Typer makes of KeyboardInterrupt says no more than its exit code.
        if code == SIGNALLED + signal.SIGINT and heard.first is not None:
            raise heard.first
        # Not left to the end of the process, where an error could only be shown by Python.
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_output()
        return SIGNALLED + signal.SIGPIPE
    except MemoryError:
        os.write(2, NO_MEMORY)
        os._exit(FAILED)  # the interpreter's own end would need memory, too
    except BaseException as error:  # the last line of defence against a traceback
        return _told(error)
    return code


def _typers_code(command: Callable[[], None]) -> int:
    try:
        command()
    except SystemExit as end:
        # Typer and Rich end by it when nobody reads the output any more.
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        return end.code if isinstance(end.code, int) else DONE if end.code is None else FAILED
    return DONE


class _EndingSignals:
    """From here on a signal is an error in the command, and the next one ends it at once.

    Attributes:
        first: What the first signal was made into.
    """

    def __init__(self) -> None:
        self.first: EndedBySignalError | None = None
        for number in ENDING:
            # Who starts a command with nohup, or a shell that puts it aside, has had it ignored.
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._hear)
        # A handler waits until the library at work gives way to Python; this thread does not.
        self._heard, told = os.pipe()
        self._command = threading.get_ident()
        signal.signal(NUDGE, lambda number, frame: None)
        os.set_blocking(told, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        threading.Thread(target=self._end_at_second, daemon=True).start()

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if self.first is None:
            self.first = EndedBySignalError(number)
            raise self.first

    def _end_at_second(self) -> None:
        is_asked = False
        while True:
            patience = PATIENCE_SECONDS if is_asked and self.first is None else None
            if not select.select([self._heard], [], [], patience)[0]:
                # It came just before the system was asked to wait for something, and that may take
                # for ever: wake the command, so that it hears.
                signal.pthread_kill(self._command, NUDGE)
                continue
            for number in os.read(self._heard, 64):
                if is_asked and number in AT_ONCE:
                    name = signal.Signals(number).name
                    with suppress(OSError):
                        os.write(2, f"csp: ended at once by a second {name}\n".encode())
                    os._exit(SIGNALLED + number)
                is_asked = is_asked or number in ENDING


def _told(error: BaseException) -> int:
    """Say in a sentence what ended a command; gives its exit code."""
    if ended := ended_by_signal(error):
        _say(f"csp: {ended}; nothing was left half done, so run the same command again")
        return SIGNALLED + ended.signal
    if isinstance(error, GateHeldError):
        _say(
            "the publication was held; the last one stays as it is. Why:",
            *(f"  - {reason}" for reason in error.reasons),
            "what to do: docs/runbooks/publication-held.md",
        )
        return HELD
    if isinstance(error, CspError):
        more = f" ({RUNBOOK})" if isinstance(error, OutsideFaultError) else ""
        _say(f"csp: {error}{more}")
        return FAILED
    # Where it happened helps whoever looks after the software; nothing depends on it.
    log = Home.from_environment().note_error(error)
    if fault_of(error):
        _say(f"csp: {in_words(error)} ({RUNBOOK})")
        return FAILED
    noted = f"where it happened is in {log}" if log else "where it happened could not be noted"
    _say(f"csp: an unforeseen error ({type(error).__name__}); {noted}; please report it")
    return FAILED


def _say(first: str, *more: str) -> None:
    style = "bold red" if more else None
    with suppress(OSError):
        console = Console(stderr=True, soft_wrap=True, highlight=False)
        console.print(first, style=style, markup=False)
        for line in more:
            console.print(line, markup=False)
    _leave_output()


def _leave_output() -> None:
    """Let nothing that could not be written be tried again when the process ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
