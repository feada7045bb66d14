"""The lessons on what is published: their pairs are bake files, and what these give is judged as a registry holds it.

What a bake file would push is written to an archive in OCI's layout instead, index, attestations and all.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from typing import TYPE_CHECKING

from plimsoll import engine, expectations, whole
from plimsoll.errors import PlimsollError
from plimsoll.facts.image import saved
from plimsoll.lessons import APP, BAKE, PAIR, Lesson, lessons
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.say import saying
from plimsoll.subject import Archive, Outcome, Variant
from workshop import bases, sboms
from workshop.root import BUILD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = BUILD / "published"

PLATFORM = "linux/amd64"
"""The one whose image is looked into, whatever machine this is: nothing is started."""


def variants(names: Iterable[str] = ()) -> list[Variant]:
    """What the pairs of the named lessons publish, of all such where none is named; built where that is not done yet.

    Raises:
        PlimsollError: one does not build.

    """
    names = set(names)
    wanted = [each for each in lessons() if each.kind == BAKE and (not names or APP + each.rule in names)]
    return [_variant(lesson, which) for lesson in wanted for which in PAIR]


def _variant(lesson: Lesson, which: str) -> Variant:
    path = _archive(lesson, which)
    (there,) = saved.images(path, PLATFORM)
    return Variant(
        app=APP + lesson.rule,
        name=which,
        image=f"{APP}{lesson.rule}:{which}",
        archive=Archive(path, there.number, there.offer),
        expectations=expectations.read(lesson.folder, set(PAIR)),
        lesson=lesson.rule,
        outcome=Outcome(),
    )


def _archive(lesson: Lesson, which: str) -> Path:
    """What its bake file publishes, made once for the files that it is made from."""
    files = sorted(file for file in lesson.folder.iterdir() if file.is_file() and file.name != "README.md")
    generator = sorted(sboms.FOLDER.glob("*")) if sboms.GENERATOR in lesson.file(which).read_text() else []
    made_of = hashlib.sha256()
    for file in [*files, *(each for each in generator if each.is_file())]:
        made_of.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    path = FOLDER / f"{lesson.rule}-{which}-{made_of.hexdigest()[:16]}.tar"
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Another process may want it too.
    with whole.locked(FOLDER / f"{lesson.rule}.lock"):
        if not path.exists():
            for old in FOLDER.glob(f"{lesson.rule}-{which}-*.tar"):
                old.unlink()
            _bake(lesson, which, path, generated=bool(generator))
    return path


def _bake(lesson: Lesson, which: str, path: Path, *, generated: bool) -> None:
    file = lesson.file(which)
    command = ["docker", "buildx", "bake", "--allow=fs=*"]
    given = json.loads(_said([*command, f"--file={file.name}", "--print"], lesson))
    (target,) = given["target"].values()
    dockerfile = lesson.folder / target.get("dockerfile", "Dockerfile")
    bases.ensure({name: f"{dockerfile}:{line}" for name, line in Dockerfile.read(dockerfile).bases.items()})
    if generated:
        sboms.ensure_generator()
    (output,) = target["output"]
    written = path.with_suffix(".new")
    target["output"] = [{**output, "type": "oci", "dest": str(written)}]
    with saying(f"building what {lesson.rule}'s {which} example publishes"):
        _said([*command, "--file=-"], lesson, json.dumps(given))
    written.rename(path)


def _said(command: list[str], lesson: Lesson, given: str | None = None) -> str:
    done = subprocess.run(
        command,
        input=given,
        cwd=lesson.folder,
        env=engine.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PlimsollError(f"{lesson.folder} does not build, {done.stderr.strip()[-300:]}", "fix its bake file")
    return done.stdout
