"""`cnrs-kg serve`"""

import click

from cnrs_kg.cli.session import project, settings


@click.command()
def serve() -> None:
    """Serve the published graph (settings host and port; default http://127.0.0.1:8000)."""
    from cnrs_kg.web.serve import serve as serve_web  # what the other commands need not wait for

    serve_web(settings(), project())
