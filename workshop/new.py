"""A new app from an old one: copied, renamed, and registered wherever apps are named."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from workshop import ladders, listed, readme
from workshop.apps import variants
from workshop.root import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from plimsoll.subject import Variant

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_NAME = 40
WORKFLOW = ".github/workflows/ci.yaml"


def new(name: str, source: str) -> Path:
    """Make an app from another, without its ladder, and return its folder.

    Args:
        name: of the new app: lower-case letters, digits and single hyphens.
        source: the app to begin from.

    Raises:
        PlimsollError: the name is bad or taken, or there is no such app.

    """
    every = variants()
    origin = next((variant for variant in every if variant.app == source), None)
    if origin is None or origin.folder is None:
        known = ", ".join(sorted({variant.app for variant in every}))
        raise PlimsollError(f"there is no app `{source}`", f"begin from one of {known}")
    _require_good(name, origin, {variant.app for variant in every})
    target = origin.folder.parent / name
    if target.exists():
        raise PlimsollError(f"{target.relative_to(ROOT)} is there already", "choose another name")
    _copy(origin.folder, target, source, name)
    _reformat(target)
    _register(origin.folder, target, source, name)
    variants.cache_clear()
    readme.add([variant for variant in variants() if variant.app == name], after=source)
    return target


def _require_good(name: str, origin: Variant, taken: set[str]) -> None:
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise PlimsollError(
            f"`{name}` is not a good name", "use lower-case letters, digits and single hyphens, a letter first"
        )
    if "-" in name and origin.folder and (origin.folder / origin.app).is_dir():
        raise PlimsollError(
            f"`{name}` is not a good name for a Python package, which {origin.app} is", "use letters and digits only"
        )
    services = re.findall(r"^  ([a-z][\w-]*):$", (ROOT / "compose.yaml").read_text(), re.MULTILINE)
    if name in taken or name in services or name in {"all", "app", "prod", "single", "ladder", "extra", "labels"}:
        raise PlimsollError(f"the name `{name}` is taken", "choose another")


def _copy(folder: Path, target: Path, source: str, name: str) -> None:
    """Copy the app's own files (not what was built in its folder), with every mention of its name changed."""
    word = _word(source)
    for path in listed.files(folder):
        if path.startswith(ladders.FOLDER) or not (folder / path).is_file():
            continue
        copy = target / word.sub(name, path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / path, copy)
        try:
            text = copy.read_text()
        except UnicodeDecodeError:
            continue
        copy.write_text(word.sub(name, text))
    rungs = {variant.name for variant in variants() if variant.app == source and variant.rung}
    told, expected = target / "README.md", target / "plimsoll.toml"
    told.write_text(ladders.readme(told.read_text()))
    expected.write_text(ladders.expectations(expected.read_text(), rungs))


def _reformat(target: Path) -> None:
    """Break a Python app's lines and sort its imports as its test stage wants them: the name has another length."""
    if not (target / "pyproject.toml").is_file():
        return
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format"], ["check", "--select=I", "--fix"]):
        subprocess.run([*ruff, *command, "--quiet", str(target)], check=False)


def _register(folder: Path, target: Path, source: str, name: str) -> None:
    """Name the app where every app is named: after the one that it was made from."""
    old, new_ = str(folder.relative_to(ROOT)), str(target.relative_to(ROOT))
    bake = ROOT / "docker-bake.hcl"
    lines = []
    for line in bake.read_text().splitlines(keepends=True):
        lines.append(line)
        if f'"{old}"' in line and "rung =" not in line and "context" not in line:
            lines.append(line.replace(f'"{old}"', f'"{new_}"'))
    bake.write_text("".join(lines))

    workflow = ROOT / WORKFLOW
    if workflow.is_file():
        named = re.compile(rf"^( +){re.escape(old)}$", re.MULTILINE)
        workflow.write_text(named.sub(rf"\g<0>\n\g<1>{new_}", workflow.read_text()))

    for file, image in (("compose.yaml", f"plimsoll/{source}:dev"), ("compose.prod.yaml", f"plimsoll/{source}:")):
        _add_service(ROOT / file, image, source, name)

    front = ROOT / "README.md"
    text = front.read_text()
    row = re.search(rf"(?m)^\| \[`{re.escape(source)}`\]\({re.escape(old)}/\).*\n", text)
    if row:
        added = f"| [`{name}`]({new_}/) | made from `{source}` | your own |\n"
        front.write_text(text.replace(row[0], row[0] + added))


def _add_service(compose: Path, image: str, source: str, name: str) -> None:
    """Add a copy of the service that runs an image, right after it; a program that does not serve has none."""
    text = compose.read_text()
    for block in re.findall(r"(?m)^  [a-z][\w-]*:\n(?:    .*\n|\n(?=    ))+", text):
        if f"image: {image}" not in block:
            continue
        renamed = re.sub(r"^  [\w-]+:", f"  {name}:", _word(source).sub(name, block))
        # One address serves the page; a second service can't have it, and an anchor is defined once.
        renamed = re.sub(r"    ports:.*\n(?:      .*\n|    - .*\n)*", "", ladders.service(renamed))
        renamed = re.sub(r": &([\w-]+)\n(?:      .*\n)+", r": *\1\n", renamed)
        text = text.replace(block, f"{block}\n{renamed}")
    compose.write_text(text)


def _word(source: str) -> re.Pattern[str]:
    """Where a name stands by itself, not as a part of another."""
    return re.compile(rf"(?<![\w-]){re.escape(source)}(?![\w-])")
