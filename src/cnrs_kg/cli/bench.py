"""`cnrs-kg bench`"""

import subprocess
import sys

import click

from cnrs_kg.cli.session import CHECKOUT
from cnrs_kg.errors import CnrsKgError

DIRECTORY = CHECKOUT / "benchmarks"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str | None, arguments: tuple[str, ...]) -> None:
    """Run a benchmark of this project; without NAME, list them."""
    known = sorted(path.stem for path in DIRECTORY.glob("*.py"))
    if not known:
        raise CnrsKgError(f"{DIRECTORY} is not there", advice="Benchmarks run in a checkout of the sources.")
    if name is None:
        click.echo("\n".join(known))
        return
    if name not in known:
        raise click.UsageError(f"There is no benchmark {name!r}; there are: {', '.join(known)}.")
    sys.exit(subprocess.run([sys.executable, str(DIRECTORY / f"{name}.py"), *arguments], check=False).returncode)
