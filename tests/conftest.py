"""Settings of the whole suite: how long hypothesis looks, and that slow tests run only when asked for."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("fast", max_examples=60, **_COMMON)  # type: ignore[arg-type]
settings.register_profile("ci", max_examples=100, derandomize=True, database=None, **_COMMON)  # type: ignore[arg-type]
settings.register_profile("thorough", max_examples=5000, **_COMMON)  # type: ignore[arg-type]
# `pytest --hypothesis-profile=thorough` wins over this
settings.load_profile("ci" if os.environ.get("CI") else "fast")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the fuzzer run for longer."""
    parser.addoption("--fuzz-rounds", type=int, default=1, metavar="N", help="rounds of tests/fuzz, a few seconds each")


def pytest_configure(config: pytest.Config) -> None:
    """Leave slow tests out unless `-m` or a test's own name asks for them."""
    if not config.option.markexpr and not any("::" in arg for arg in config.args):
        config.option.markexpr = "not slow"
