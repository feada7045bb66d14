"""Where this repository is, and where it puts what it makes."""

from __future__ import annotations

import os
from pathlib import Path

from plimsoll import caches

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"

PREFIX = "plimsoll/"
"""What the names of this repository's own images begin with."""

# What the judge keeps while it judges this repository goes with all else that is made here.
os.environ.setdefault(caches.ENVIRONMENT, str(BUILD / "cache"))
