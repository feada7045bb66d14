"""What a run left behind: found by its label, and removed."""

from __future__ import annotations

from contextlib import suppress

from plimsoll import engine, sdk
from plimsoll.facts.run import ownership
from plimsoll.facts.run.launch import remove
from plimsoll.facts.run.ownership import LABEL, RUN


def clean_up(run: str = RUN) -> list[str]:
    """Remove what a run left behind, and the orphans of runs whose process is known to be gone; their names."""
    removed = []
    for container in engine.client().containers.list(all=True, filters={"label": LABEL}, ignore_removed=True):
        if container.labels[LABEL] == run or ownership.is_orphan(container.labels):
            removed.append(str(container.name))
            remove(container)
    return removed + _clean_up_networks(run)


def _clean_up_networks(run: str) -> list[str]:
    removed = []
    for network in engine.client().networks.list(filters={"label": LABEL}):
        labels = network.attrs["Labels"]
        if labels[LABEL] == run or ownership.is_orphan(labels):
            removed.append(str(network.name))
            with suppress(sdk.NotFound):
                network.remove()
    return removed


def of_run(run: str) -> list[str]:
    """The containers that a run has now, by name."""
    mine = engine.client().containers.list(all=True, filters={"label": f"{LABEL}={run}"}, ignore_removed=True)
    return [str(container.name) for container in mine]
