"""Runs tasks on a Ray cluster: the same function, watched by the same crew, on other machines.

A Ray worker keeps a crew of one worker process beside it, as the pool keeps many. What a page does to that process is
seen and mended there, where its trace is: Ray and the build hear of results alone. If the Ray worker itself is lost, or
its machine, Ray does the task again from its start. Parts come back through Ray's object store, and the build writes
them: workers need the sources and newsds, and no folder to write to but a temporary one.
"""

from __future__ import annotations

import os
import platform
import secrets
import socket
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from newsds.build.executor import Bounds, Crew
from newsds.build.manifest import toolchain
from newsds.build.part import UNFINISHED, Part
from newsds.build.plan import Task, stored_bytes
from newsds.build.publish import Sink, output_errors
from newsds.build.watch import Watch
from newsds.build.worker import TaskResult
from newsds.errors import OutputError, SourceError, UsageError

Work = Callable[[Task, Watch], Iterator[TaskResult]]
Returned = tuple[list[tuple[TaskResult, bytes]], Task | None]
"""Results with the bytes of their parts, and what is left of the task."""

RETURN_BYTES: Final = 64 * 2**20
"""A Ray task ends past so many bytes of parts, and what is left of it is the next: results are held in memory."""
_RETRIES: Final = 3
"""Lost workers that a task outlives."""
_AHEAD: Final = 2
"""Tasks handed out for each CPU: one that runs, and one that waits for it to end."""
_KNOCK_SECONDS: Final = 10.0
_ENVIRONMENT: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # what it will be, and without it a warning
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # which would send the working directory to every worker
}

_crews: dict[tuple[Work, Bounds], Crew[Task, TaskResult]] = {}
"""In a Ray worker: the crew, kept from task to task, as starting it takes longer than a small task."""


def run_on_ray(
    function: Work, tasks: Sequence[Task], *, address: str | None = None, workers: int = 0, bounds: Bounds | None = None
) -> Generator[TaskResult, None, None]:
    """Yield the results of `function(task, watch)` for each task, in any order, as `run_tasks` does.

    Args:
        function: pure, and importable by name on every machine.
        tasks: what to run; every machine must see their files under the same names.
        address: of a cluster, `host:port` or `auto`; without it one is started on this machine, and ended.
        workers: tasks at once; 0 for as many as there are CPUs.
        bounds: what a worker may use before it is killed and replaced.

    Raises:
        UsageError: Ray is not installed, there is no cluster, or its machines have other versions of newsds or of what
            it uses.
        SourceError: a machine does not see a file that is here.
        OutputError: workers were lost again and again, or what a task says that cannot be done at all.
    """
    if workers < 0:
        raise UsageError(f"workers is {workers}", "give 0 or more")
    with _cluster(address, workers) as ray:
        remote = ray.remote(num_cpus=1, max_retries=_RETRIES)(_work)
        waiting, running = deque(tasks), dict[Any, str]()
        while waiting or running:
            room = workers or _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
            while waiting and len(running) < room:
                task = waiting.popleft()
                lengths = [stored_bytes(path) for path in _paths(task)]
                running[remote.remote(function, task, lengths, bounds or Bounds(), toolchain())] = task.parts
            (done,), _ = ray.wait(list(running))
            folder = running.pop(done)
            found, left = _fetch(ray, done)
            del done  # the object store may forget it
            if left is not None:
                waiting.appendleft(left)
            for result, part in found:
                kept = _keep(result.part, part, Path(folder)) if result.part else None
                yield replace(result, part=kept)


def _keep(part: Part, content: bytes, folder: Path) -> Part:
    """Write a part that was made elsewhere: whole, or not at all under its name."""
    path = folder / part.path.name
    unfinished = folder / f"{secrets.token_hex(8)}{UNFINISHED}"
    try:
        with output_errors(path):
            with Sink(unfinished) as sink:
                sink.write(content)
            unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    return replace(part, path=path)


def _fetch(ray: Any, reference: Any) -> Returned:
    try:
        returned: Returned = ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, ray.exceptions.RayError):  # it could not even begin
            raise UsageError(
                f"a Ray worker cannot do its task: {_line(error.cause)}", "install newsds, the same, on every machine"
            ) from error
        raise error.cause from None  # what newsds raised, as the pool raises it
    except ray.exceptions.RayError as error:
        raise OutputError(
            f"Ray lost the worker of a task {_RETRIES + 1} times: {_line(error)}",
            "look into the logs of the cluster; nothing was published",
        ) from error
    return returned


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:500]


def _work(function: Work, task: Task, lengths: Sequence[int | None], bounds: Bounds, tools: dict[str, str]) -> Returned:
    """Do a task, in a Ray worker."""
    _check(task, lengths, tools)
    found: list[tuple[TaskResult, bytes]] = []
    size = 0
    left: Task | None = task
    crew = _crews.setdefault((function, bounds), Crew(function, 1, bounds))
    with tempfile.TemporaryDirectory(prefix="newsds-", ignore_cleanup_errors=True) as folder:
        try:
            for result in crew.run([replace(task, parts=folder)]):
                content = result.part.path.read_bytes() if result.part else b""
                found.append((result, content))
                size += len(content)
                left = left.after(result) if left else None
                if size >= RETURN_BYTES and left is not None:
                    crew.close()
                    break
        except BaseException:
            crew.close()
            raise
    return found, left


def _paths(task: Task) -> list[str]:
    """What a machine must have to do a task."""
    return [*(file.path for file in task.files), *([task.weights] if task.weights else [])]


def _check(task: Task, lengths: Sequence[int | None], tools: dict[str, str]) -> None:
    """Refuse what would give other rows than the machine of the build does."""
    node = platform.node()
    mine = toolchain()
    other = [f"{name} {mine.get(name)}, not {version}" for name, version in tools.items() if mine.get(name) != version]
    if other:
        raise UsageError(
            f"the Ray worker on {node} has {'; '.join(other)}", "install the same versions on every machine"
        )
    for path, length in zip(_paths(task), lengths, strict=True):
        if stored_bytes(path) != length:
            raise SourceError(
                f"the Ray worker on {node} does not see {path} as it is here",
                "keep sources in a folder that all machines share under one name, or name addresses such as s3://…",
            )


@contextmanager
def _cluster(address: str | None, workers: int) -> Iterator[Any]:
    """Give Ray, connected; a cluster that is started here leaves nothing behind, and talks to this machine only."""
    with _environment():
        try:
            import ray
        except ImportError as error:
            raise UsageError("Ray is not installed", 'pip install "newsds[ray]"') from error
        if ray.is_initialized():
            yield ray  # the caller's, whose own it stays
            return
        with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
            own = {
                "num_cpus": workers or None,
                "include_dashboard": False,
                "_node_ip_address": "127.0.0.1",
                "_temp_dir": folder,
            }
            try:
                if address is not None:
                    _knock(address)
                ray.init(
                    address=address or "local", log_to_driver=False, logging_level="ERROR", **({} if address else own)
                )
            except (OSError, RuntimeError, ValueError) as error:
                raise UsageError(
                    f"no Ray cluster at {address or 'this machine'}: {_line(error)}",
                    "start one with `ray start --head`, or leave the address away to have one started here",
                ) from error
            try:
                yield ray
            finally:
                ray.shutdown()


def _knock(address: str) -> None:
    """Connect to a cluster and leave: Ray itself takes minutes to say that nobody is there."""
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_SECONDS).close()


@contextmanager
def _environment() -> Iterator[None]:
    """Tell Ray, and the processes that it starts, what it asks the environment for."""
    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ.update(_ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
