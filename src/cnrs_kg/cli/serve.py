"""`cnrs-kg serve`"""

import click

from cnrs_kg.cli.session import project, settings
from cnrs_kg.web.serve import serve as serve_web


@click.command()
def serve() -> None:
    """Serve the published graph (settings host and port; default http://127.0.0.1:8000)."""
    serve_web(settings(), project())
