"""`newsds push` and `newsds pull`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsds.cli.page import path_name
from newsds.cli.terminal import put, put_json, visible

if TYPE_CHECKING:
    from newsds.hub import PushResult
    from newsds.hub.card import Keep

F = TypeVar("F", bound=Callable[..., Any])


def hub_options(command: F) -> F:
    """Give a command what both need to reach the Hub. A token is never an argument: others could see it."""
    token = click.option(
        "--token-file",
        metavar="FILE",
        type=path_name,
        help="File that holds the token.  [default: that of `hf auth login`, or of HF_TOKEN]",
    )
    endpoint = click.option("--endpoint", metavar="URL", help="Address of the Hub.  [default: its client's own]")
    return token(endpoint(command))


def prepare_client(token_file: str | None) -> str | None:
    """Return the token, and let the Hub's client be silent where nobody watches."""
    from newsds.hub.client import quiet_client, read_token

    quiet_client(progress=sys.stderr is not None and sys.stderr.isatty())
    return read_token(Path(token_file)) if token_file else None


@click.command("push", short_help="Publish a version on the Hub.")
@click.argument("path", metavar="DIST", type=path_name)
@click.argument("repo", metavar="REPO")
@click.option("--version", metavar="V", help="Version to push.  [default: the newest]")
@click.option("--dry-run", is_flag=True, help="Show what would be done; send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--private", is_flag=True, help="Make the repository private; refuse one that is public.")
@click.option("--pr", "pull_request", is_flag=True, help="Leave the version in a pull request, unmerged.")
@click.option("--revision", metavar="BRANCH", default="main", show_default=True, help="Branch to push to.")
@click.option(
    "--card",
    "keep",
    type=click.Choice(["merge", "local", "remote"]),
    default="merge",
    show_default=True,
    help="Where the card was edited on the Hub and the new one says otherwise: refuse, drop the edits, keep them.",
)
@hub_options
def push_command(
    path: str,
    repo: str,
    version: str | None,
    dry_run: bool,
    as_json: bool,
    private: bool,
    pull_request: bool,
    revision: str,
    keep: Keep,
    token_file: str | None,
    endpoint: str | None,
) -> None:
    """Publish a version of a dataset on the Hub, whole, in one step, and once.

    DIST is the folder of a dataset or of one of its versions, REPO is user/name. A push that was cut off is finished by
    the next; one that finds its version there does nothing.
    """
    from newsds.hub import CardConflictError, push

    token = prepare_client(token_file)
    try:
        result: PushResult = push(
            path,
            repo,
            version=version,
            private=private,
            pull_request=pull_request,
            revision=revision,
            card=keep,
            dry_run=dry_run,
            token=token,
            endpoint=endpoint,
        )
    except CardConflictError as error:
        if as_json:
            put_json({"conflicts": list(error.conflicts)})
        else:
            put("".join(f"{visible(line)}\n" for line in error.conflicts))
        raise
    if as_json:
        put_json(result.to_dict())
    else:
        put("".join(f"{visible(line)}\n" for line in result.lines()))


@click.command("pull", short_help="Get a version from the Hub.")
@click.argument("repo", metavar="REPO[@VERSION]")
@click.option("--out", required=True, metavar="DIR", type=path_name, help="Folder of the datasets; made if missing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@hub_options
def pull_command(repo: str, out: str, as_json: bool, token_file: str | None, endpoint: str | None) -> None:
    """Get a version of a dataset from the Hub, byte for byte as it was built.

    It appears as DIR/NAME/VERSION, whole or not at all. Without a version it is the newest that has a tag.
    """
    from newsds.hub import pull

    result = pull(repo, out, token=prepare_client(token_file), endpoint=endpoint)
    if as_json:
        put_json(result.to_dict())
    else:
        put("".join(f"{visible(line)}\n" for line in result.lines()))
