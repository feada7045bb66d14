"""The apps of this repository and their variants, as the bake file and the folders say."""

from __future__ import annotations

import functools
import json
import subprocess
from typing import TYPE_CHECKING, Any

from plimsoll import expectations
from plimsoll.errors import PlimsollError
from plimsoll.subject import READY_TIMEOUT, Variant
from workshop.root import PREFIX, ROOT

if TYPE_CHECKING:
    from pathlib import Path


@functools.cache
def variants(root: Path = ROOT) -> tuple[Variant, ...]:
    """Every variant that the bake file builds, in its order.

    Args:
        root: the repository.

    Raises:
        PlimsollError: the bake file, a plimsoll.toml or an app's folder is wrong.

    """
    targets = bake_targets(root)
    names: dict[str, set[str]] = {}
    for target in targets.values():
        names.setdefault(target["context"], set()).add(_tag(target).partition(":")[2])
    found = []
    for bake, target in targets.items():
        folder = root / target["context"]
        file = folder / target["dockerfile"]
        if not file.is_file():
            raise PlimsollError(
                f"{folder.relative_to(root)} has no {target['dockerfile']}, which docker-bake.hcl names",
                "write it, or take the app out of docker-bake.hcl",
            )
        app, _, name = _tag(target).partition(":")
        found.append(
            Variant(
                app=app,
                name=name,
                image=PREFIX + _tag(target),
                folder=folder,
                file=file,
                target=target.get("target"),
                bake=bake,
                expectations=expectations.read(folder, names[target["context"]]),
                rung=target["dockerfile"].startswith("ladder/"),
            )
        )
    apps = [variant.app for variant in found]
    return tuple(sorted(found, key=lambda variant: apps.index(variant.app)))


def bake_targets(root: Path = ROOT) -> dict[str, dict[str, Any]]:
    """The targets of the bake file's group `all`, as buildx resolves them.

    Raises:
        PlimsollError: buildx is missing or does not accept the file; its own words are the cause.

    """
    command = ["docker", "buildx", "bake", "--file", str(root / "docker-bake.hcl"), "--print", "all"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=READY_TIMEOUT)
    except FileNotFoundError as error:
        raise PlimsollError("the `docker` command is missing", "run `make engine`") from error
    except subprocess.TimeoutExpired as error:
        raise PlimsollError(f"docker-bake.hcl is not read by bake within {READY_TIMEOUT:.0f} s", "try again") from error
    if done.returncode != 0:
        cause = next(iter(reversed(done.stderr.strip().splitlines())), "no reason given")
        raise PlimsollError(f"docker-bake.hcl: {cause}", "fix it; `docker buildx bake --print all` shows more")
    plan = json.loads(done.stdout)
    targets: dict[str, dict[str, Any]] = plan["target"]
    # The targets are printed by name, the groups in the order of the file: the one in which a reader climbs.
    ordered = [name for group in plan["group"]["all"]["targets"] for name in plan["group"][group]["targets"]]
    return {name: targets[name] for name in ordered}


def _tag(target: dict[str, Any]) -> str:
    tag: str = target["tags"][0]
    return tag.removeprefix(PREFIX)
