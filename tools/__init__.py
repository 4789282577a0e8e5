"""Scripts for those who work on newsds; no part of the package."""
