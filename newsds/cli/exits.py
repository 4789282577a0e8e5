"""How a command ends: an exit code, and for an error two lines on standard error, what is wrong and what to do."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

import click

from newsds.cli.terminal import visible
from newsds.errors import NewsdsError

BROKEN_RULE: Final = 7
DIFFERENT: Final = 11
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

EXIT_CODES: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "done",
        1: "newsds itself failed",
        2: "the command, its configuration or its card is wrong",
        3: "a source cannot be read",
        4: "the output cannot be written",
        5: "the version exists",
        6: "there is no dataset, or it is damaged",
        BROKEN_RULE: "validate: a rule is broken",
        8: "build: more pages are rejected than --max-rejects allows; nothing is published",
        9: "the Hub refuses, or cannot be reached",
        10: "another process writes the dataset",
        DIFFERENT: "diff, rebuild: the versions differ",
        12: "the disk is full, or the quota used up",
        13: "merge: shards are missing",
        INTERRUPTED: "interrupted",
        PIPE_CLOSED: "what read the output stopped reading",
    }
)
"""Exit code → meaning. 130 and 141 are what a shell reports of a program that died of SIGINT or SIGPIPE."""


def exit_codes_text() -> str:
    """Return the table for `newsds --help`."""
    return "\n".join(f"  {code:<4} {meaning}" for code, meaning in EXIT_CODES.items())


class _InterruptedError(Exception):
    """Ctrl-C. Not a KeyboardInterrupt, for which click would write an empty line of its own."""


class _PipeClosedError(Exception):
    """Nobody reads the output. Not a BrokenPipeError, of which click would make exit code 1."""


class _DefectError(Exception):
    """An exception that newsds did not mean to raise; the cause holds it."""

    def __init__(self, *, debug: bool) -> None:
        super().__init__()
        self.debug = debug


class ErrorGroup(click.Group):
    """A group of commands that ends as `EXIT_CODES` says, whatever happens."""

    def main(
        self,
        args: Any = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line and exit; with `standalone_mode` off, return or raise as click does."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        code = 0
        try:
            result = super().main(args, prog_name or "newsds", complete_var, standalone_mode=False, **extra)
            code = result if isinstance(result, int) else 0  # what ctx.exit() was given
        except NewsdsError as error:
            code = _fail(error.message, error.remedy, error.exit_code)
        except click.ClickException as error:
            code = _fail(_sentence(error), _see_help(error), 2)
        except (_InterruptedError, click.Abort, KeyboardInterrupt):
            _say("newsds: interrupted")
            code = INTERRUPTED
        except _PipeClosedError:
            _drop_output()
            code = PIPE_CLOSED
        except _DefectError as error:
            code = _report_defect(error.__cause__ or error, debug=error.debug)
        sys.exit(code)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; tell apart what click would treat alike."""
        debug = bool(ctx.params.get("debug"))
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()  # here, not when Python exits and can only print a traceback
            return result
        except NewsdsError:
            if debug:
                traceback.print_exc()
            raise
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt as error:
            raise _InterruptedError from error
        except BrokenPipeError as error:
            raise _PipeClosedError from error
        except Exception as error:
            raise _DefectError(debug=debug) from error


def _fail(what: str, remedy: str, code: int) -> int:
    _say(f"newsds: {_line(what)}", f"  → {_line(remedy)}")
    return code


def _report_defect(error: BaseException, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    remedy = "this is a defect of newsds, please report it"
    if not debug:
        remedy += "; `newsds --debug` before the command shows where it is"
    return _fail(f"unexpected {what}", remedy, 1)


def _sentence(error: click.ClickException) -> str:
    """Click's message in the form of newsds' own: no capital, no full stop."""
    text = error.format_message().strip().removesuffix(".")
    return text[:1].lower() + text[1:]


def _see_help(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if isinstance(context, click.Context) else "newsds"
    return f"see `{path} --help`"


def _line(text: str) -> str:
    return visible(re.sub(r"\s*[\r\n]\s*", " ", text.strip()))


def _say(*lines: str) -> None:
    with suppress(OSError):  # standard error is closed: the exit code has to do
        click.echo("\n".join(lines), err=True)


def _drop_output() -> None:
    """Let Python's own flush at exit go nowhere."""
    with suppress(OSError, ValueError):  # it may be no file of the operating system
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
