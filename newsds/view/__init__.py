"""A dataset in the browser of this machine.

server.py    an HTTP server that only this machine, its own pages and whoever has its address can use
table.py     the rows of a table: found, filtered, read when they are shown; sources.py the pages they are of
browse.py    `newsds view`: lists of rows, each with its page explained
"""

from __future__ import annotations

from newsds.view.browse import browse
from newsds.view.server import App, LoopbackServer

__all__ = ["App", "LoopbackServer", "browse"]
