"""Sources → a version of a dataset.

    run.py        build(): the whole in one page
    plan.py       which files, which configuration, which name; files → tasks
    cache.py      which of the files need not be read, as parts of earlier builds hold them
    worker.py     one task: pages → a part; a pure function, in any process
    part.py       what a task found: a file that is named by its digest
    executor.py   runs tasks, in this process or several; a worker that dies costs one page
    ray_engine.py the same on a Ray cluster
    shards.py     a build in shares that need not know of each other, and their merge
    merge.py      the rows of all parts: which are duplicates, and in which order; a stream
    reuse.py      the tables of the newest version, where nothing that decides rows changed
    write.py      rows in order → Parquet, cut where the content says so
    manifest.py   what the version was made from, and what it holds
    history.py    which number it gets, and what its changelog says
    publish.py    a folder that becomes the version whole, or leaves nothing
    repeat.py     a manifest → its version again, and whether it is the same
    lock.py       one writer of a dataset at a time
    progress.py   how far it is: a bar on a terminal, lines of JSON

What lies in a version is described in `newsds.layout`, and checked by `newsds.validate`.
"""

from __future__ import annotations

from newsds.build.cache import CacheInfo, cache_info, prune_cache
from newsds.build.plan import resolve_config
from newsds.build.repeat import RebuildResult, rebuild
from newsds.build.run import BuildResult, Engine, build
from newsds.build.shards import ShardResult, build_shard, merge_shards

__all__ = [
    "BuildResult",
    "CacheInfo",
    "Engine",
    "RebuildResult",
    "ShardResult",
    "build",
    "build_shard",
    "cache_info",
    "merge_shards",
    "prune_cache",
    "rebuild",
    "resolve_config",
]
