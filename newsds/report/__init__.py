"""Pages to look at: one page explained, and the report of a dataset; each one self-contained HTML file.

sources.py    a row → its page, in what the version was built from
page.py       a page → PageView: its blocks, their roles and why; the record, and which blocks each value is from
template.py   values → HTML: every text inert, every script and style known to the content security policy
files/        templates, style sheets and scripts
"""

from __future__ import annotations

from newsds.report.dataset import report, report_name
from newsds.report.page import BlockView, FieldView, PageView, Value, labels_view, page_view, row_view
from newsds.report.sources import Origin, Sources
from newsds.report.template import document, explain_html, view_html

__all__ = [
    "BlockView",
    "FieldView",
    "Origin",
    "PageView",
    "Sources",
    "Value",
    "document",
    "explain_html",
    "labels_view",
    "page_view",
    "report",
    "report_name",
    "row_view",
    "view_html",
]
