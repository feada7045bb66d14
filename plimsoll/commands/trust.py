"""What whoever runs `plimsoll check` trusts it with, in short: `check --help` says it, and SECURITY.md the whole."""

from __future__ import annotations

from plimsoll.facts.run import rights

TEXT = f"""\
on your engine:
  It builds the Dockerfile, and copies of its folder, as `docker build` does:
  what RUN does there can reach your network, and knows no secret of yours but
  those of --secret and --ssh.
  It starts containers as `docker run` does or with less, in bounds, on a network
  of their own without a way out, and removes what it has built and started.
  A helper container looks into them. It sees the processes of the engine's
  machine and has {", ".join(rights.CAPABILITIES)}:
  whoever makes its image is as good as root on that machine.
  Text alone needs none of this. Nothing is reported to anybody.
  SECURITY.md tells the whole.
"""


def table() -> str:
    """The helper's rights, as a table for a page."""
    granted = {f"`{name}`": why for name, why in rights.CAPABILITIES.items()} | rights.CONFINEMENT
    rows = "".join(f"| {name} | {why} |\n" for name, why in granted.items())
    return f"| right | what for, or how far |\n| --- | --- |\n{rows}"
