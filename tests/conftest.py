"""Settings of the whole suite: how long hypothesis looks, and what runs only when asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("fast", max_examples=60, **_COMMON)  # type: ignore[arg-type]
settings.register_profile("ci", max_examples=100, derandomize=True, database=None, **_COMMON)  # type: ignore[arg-type]
settings.register_profile("few", max_examples=15, derandomize=True, database=None, **_COMMON)  # type: ignore[arg-type]
settings.register_profile("thorough", max_examples=5000, **_COMMON)  # type: ignore[arg-type]
# `pytest --hypothesis-profile=thorough` wins over this
settings.load_profile("ci" if os.environ.get("CI") else "fast")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the fuzzer run for longer, and say where pictures go."""
    parser.addoption("--fuzz-rounds", type=int, default=1, metavar="N", help="rounds of tests/fuzz, a few seconds each")
    parser.addoption(
        "--screenshots",
        default="screenshots",
        metavar="DIR",
        help="folder for the pictures that tests/browser take",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Leave slow tests, and those in a browser or on Ray, out unless `-m` or a test's own name asks for them."""
    if not config.option.markexpr and not any("::" in arg for arg in config.args):
        config.option.markexpr = "not slow and not browser and not ray"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the pictures are."""
    folder = Path(config.getoption("--screenshots"))
    if config.option.markexpr == "browser" and (pictures := sorted(folder.glob("*.png"))):
        terminalreporter.write_line(f"{len(pictures)} screenshots in {folder.resolve()}")
