"""Measurements, each a script; no test depends on their times."""
