"""Standard output as data: what a person reads on a terminal, a program reads from a pipe, line by line."""

from rich.console import Console

_WIDE = 100_000


def printer() -> Console:
    """Standard output: a terminal's lines are broken at its width, a file's or a pipe's never."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDE)
