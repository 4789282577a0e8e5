"""`python -m newsds`."""

from __future__ import annotations

from newsds.cli import main

if __name__ == "__main__":  # worker processes import this module again
    main()
