"""`newsds view`, and what `newsds label` shares with it: a server until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsds.cli.page import path_name
from newsds.cli.terminal import put

if TYPE_CHECKING:
    from newsds.view import App

F = TypeVar("F", bound=Callable[..., Any])


def server_options(command: F) -> F:
    """Give a command the options --port and --no-open."""
    port = click.option(
        "--port",
        metavar="N",
        type=click.IntRange(0, 65535),
        default=0,
        help="Port to listen on.  [default: a free one]",
    )
    opened = click.option("--no-open", is_flag=True, help="Print the address only, and start no browser.")
    return port(opened(command))


def serve(app: App, *, port: int, no_open: bool) -> None:
    """Serve until Ctrl-C; the address is on standard output."""
    from newsds.view import LoopbackServer

    with LoopbackServer(app, port=port) as server:
        put(f"{server.url}\n")
        click.echo(
            "Ctrl-C ends it. The address is a secret: whoever has it, and uses this machine, sees what you see.",
            err=True,
        )
        try:
            if not no_open:
                import threading
                import webbrowser

                # beside the server, since a browser in the terminal is waited for
                threading.Thread(target=webbrowser.open, args=(server.url,), daemon=True).start()
            server.serve()
        except KeyboardInterrupt:
            click.echo(err=True)  # behind the ^C that the terminal shows


@click.command("view", short_help="Show a dataset in the browser.")
@click.argument("path", type=path_name)
@click.option("--version", "wanted", metavar="V", help="Which version of the dataset.  [default: the newest]")
@click.option(
    "--sources",
    "sources",
    metavar="SOURCE",
    multiple=True,
    type=path_name,
    help="What the version was built from, to show each page beside its row; repeatable.",
)
@server_options
def view_command(path: str, wanted: str | None, sources: tuple[str, ...], port: int, no_open: bool) -> None:
    """Show the articles and rejects of a dataset in the browser, each with its page coloured by role.

    PATH is the folder of a dataset or of one of its versions. Only this machine can connect. Give --sources as they
    were given to `newsds build`; pages are found by name and digest.
    """
    from newsds.view import browse

    serve(browse(path, wanted, sources=sources), port=port, no_open=no_open)
