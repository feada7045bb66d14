"""Count one more visit."""

from pathlib import Path

with Path("visits.txt").open("a") as visits:
    visits.write("x")
