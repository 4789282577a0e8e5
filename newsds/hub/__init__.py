"""Datasets on the Hub: publish a version, get one back.

    names.py     user/name@version → HubName
    plan.py      files of a version, files of a repository → Plan (pure)
    card.py      the card as built, the card as edited on the Hub → the card to push (pure)
    files.py     the version on disk → its files and their digests
    gate.py      load_dataset opens what is to be pushed
    client.py    the Hub's own client, its faults as errors of newsds
    stage.py     many files by way of a pull request
    execute.py   push
    fetch.py     pull, and the folder that `newsds.load` opens

The Hub's client is imported when a repository is reached, not with newsds.
"""

from __future__ import annotations

from newsds.hub.execute import CardConflictError, PushResult, push
from newsds.hub.fetch import PullResult, fetch, pull
from newsds.hub.names import HubName, is_hub_name
from newsds.hub.plan import Plan, make_plan

__all__ = [
    "CardConflictError",
    "HubName",
    "Plan",
    "PullResult",
    "PushResult",
    "fetch",
    "is_hub_name",
    "make_plan",
    "pull",
    "push",
]
