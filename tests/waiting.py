"""Waiting for what another thread or process does."""

from collections.abc import Callable
from threading import Event

_MOMENT = 0.002


def until(holds: Callable[[], object]) -> None:
    """Come back once it holds, leaving the processor to others till then; the test's time limit ends it."""
    while not holds():
        Event().wait(_MOMENT)
