"""A dataset, or pages to be labelled, in the browser of this machine.

server.py    an HTTP server that only this machine, its own pages and whoever has its address can use
table.py     the rows of a table: found, filtered, read when they are shown
browse.py    `newsds view`: lists of rows, each with its page explained
history.py   the roles of a page's blocks, change by change; book.py brings them to the disk
labelled.py  a page and the roles of its blocks → its labels; case.py a case of a corpus
label.py     `newsds label`: the page explained, with roles that a key changes
"""

from __future__ import annotations

from newsds.view.book import LabelBook
from newsds.view.browse import browse
from newsds.view.label import label
from newsds.view.server import App, LoopbackServer

__all__ = ["App", "LabelBook", "LoopbackServer", "browse", "label"]
