"""`cnrs-kg template`"""

from pathlib import Path

import click

from cnrs_kg.cli.session import graph
from cnrs_kg.rdf.formats import CSV, XLSX


@click.command()
@click.argument("output", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--class", "names", multiple=True, help="Only the sheet of this class (may be given again).")
def template(output: Path, names: tuple[str, ...]) -> None:
    """Write a spreadsheet to fill in: OUTPUT.xlsx with a sheet for each class, or OUTPUT.csv for one --class."""
    media_type = {".xlsx": XLSX, ".csv": CSV}.get(output.suffix.lower())
    if media_type is None:
        raise click.UsageError(f"{output}: name a file that ends in .xlsx or .csv.")
    with graph(workers=1) as kg:
        output.write_bytes(kg.sheets.template(media_type, names))
