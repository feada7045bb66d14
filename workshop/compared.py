"""The judge and its peers on the cases from the field and on the lessons: who names what is wrong, and who cries wolf.

A bad case is caught by a peer where it reports the rule that the case's CASE.toml names for it under `[peers]`; what
is named there and not reported is an error. A lesson is caught by a rule that the bad one has reported, the good not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plimsoll import engine, inputs, lessons, runner, whole
from plimsoll.errors import PlimsollError
from plimsoll.facts.gathering import Store
from plimsoll.facts.run import ownership
from plimsoll.rule import every_rule
from plimsoll.say import say, saying
from workshop import build, peers, selection
from workshop import field as cases
from workshop.peers import Said, Subject
from workshop.root import BUILD, PREFIX, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plimsoll.composition import Composition
    from plimsoll.subject import Variant
    from workshop.peers import Peer

OURS = "plimsoll"
AT_ONCE = 3
"""Cases that are judged side by side, each of which mostly waits."""
LONGEST = 600
"""Seconds after which the judge is given up."""
KINDS = ("bad", "good")
_PEERS = Path(peers.__file__).read_text()
"""How they are asked."""


@dataclass
class Row:
    """What all said of one case, or of one lesson's pair.

    Attributes:
        name: the case's, or the lesson's rule.
        kind: `bad`, `good` or `lesson`.
        said: the reports of those who read such a thing, by the tool's name; of a lesson, those on the bad one.
        caught: those who name what is wrong.
        alarmed: those who find fault with what is good.

    """

    name: str
    kind: str
    said: dict[str, Said] = field(default_factory=dict)
    caught: set[str] = field(default_factory=set)
    alarmed: set[str] = field(default_factory=set)


def of_cases(tools: list[Peer]) -> list[Row]:
    """What all say of the cases from the field.

    Raises:
        PlimsollError: a case's CASE.toml names a rule that its peer does not report.

    """
    folders = [file.parent for file in sorted((ROOT / cases.CASES).glob("*/CASE.toml"))]
    read = {folder: tomllib.loads((folder / "CASE.toml").read_text()) for folder in folders}
    chosen = [(folder, case) for folder, case in read.items() if case["kind"] in KINDS]
    with saying(f"judging {len(chosen)} cases from the field"), ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda pair: _case(pair[0], pair[1], tools), chosen))


def _case(folder: Path, case: dict[str, Any], tools: list[Peer]) -> Row:
    row = Row(folder.name, case["kind"])
    row.said, results = _known(folder, case.get("options", []), tools)
    if row.kind == "good":
        row.alarmed = {tool for tool, said in row.said.items() if said.grave}
        return row
    if case.get("finding") and all(cases.is_named(each, results) for each in case["finding"]):
        row.caught.add(OURS)
    for tool, rule in case.get("peers", {}).items():
        if tool in row.said and rule not in row.said[tool].rules:
            raise PlimsollError(f"{folder.name}: {tool} does not report {rule}", "take it out of its CASE.toml")
        row.caught.add(tool)
    return row


def _known(folder: Path, options: list[str], tools: list[Peer]) -> tuple[dict[str, Said], list[dict[str, Any]]]:
    """What all say of a folder: from an earlier run, where that was of the same files and by the same tools."""
    with tempfile.TemporaryDirectory() as passing:
        # Without what tells the verdict, and in no clone.
        copy = Path(passing) / folder.name
        shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns("CASE.toml"))
        files = [*inputs.sources(copy), *inputs.tools()]
        judge = inputs.digest(files=files, options=options, code=[inputs.code("."), inputs.linter()])
        ours = _kept(judge, lambda: _judged(copy, options))
        others = inputs.digest(files=files, tools=[(tool.name, tool.version) for tool in tools], code=_PEERS)
        said = _kept(others, lambda: _asked(copy, tools))
    results = ours["results"]
    found = cases.findings(results)
    rules = tuple(sorted({rule for _, rule, _ in found}))
    grave = tuple(sorted({rule for level, rule, _ in found if level in cases.GRAVE}))
    peers_ = {tool: Said(tuple(each["rules"]), tuple(each["grave"]), each["seconds"]) for tool, each in said.items()}
    return {OURS: Said(rules, grave, ours["seconds"]), **peers_}, results


def _kept(key: str, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    file = peers.FOLDER / "kept" / f"{key}.json"
    if (known := whole.read(file, whole.document)) is None:
        known = ask()
        whole.keep(file, json.dumps(known).encode())
    return known


def _judged(folder: Path, options: list[str]) -> dict[str, Any]:
    """What `plimsoll check` says of a folder, and how long it takes."""
    command = [sys.executable, "-m", "plimsoll", "check", str(folder), "--quiet", "--output=json", *options]
    # Each has a run of its own: it ends with its run's containers.
    environment = {name: value for name, value in os.environ.items() if name != ownership.ENVIRONMENT}
    begun = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST)
    seconds = time.monotonic() - begun
    say(f"{folder.name}: judged in {seconds:.0f} s")
    return {"results": json.loads(done.stdout)["results"] if done.stdout else [], "seconds": seconds}


def _asked(folder: Path, tools: list[Peer]) -> dict[str, Any]:
    """What the peers say of a folder."""
    dockerfile, compose = (
        file if file.is_file() else None for file in (folder / "Dockerfile", folder / "compose.yaml")
    )
    with _image(folder) if dockerfile else nullcontext("") as image:
        return {tool: asdict(each) for tool, each in _by(tools, Subject(folder, dockerfile, compose, image)).items()}


def _by(tools: list[Peer], subject: Subject) -> dict[str, Said]:
    said = {tool.name: tool.said(subject) for tool in tools}
    return {name: each for name, each in said.items() if each is not None}


@contextmanager
def _image(folder: Path) -> Iterator[str]:
    """The image of a folder for the length of a block: its name, empty where it does not build."""
    name = f"{PREFIX}peers-{inputs.digest(folder=str(folder))[:12]}"

    def succeeds(*command: str) -> bool:
        done = subprocess.run(command, cwd=folder, env=engine.environment(), capture_output=True, check=False)
        return done.returncode == 0

    try:
        yield name if succeeds("docker", "buildx", "build", "--load", f"--tag={name}", ".") else ""
    finally:
        succeeds("docker", "image", "rm", "--force", name)


def of_lessons(tools: list[Peer]) -> list[Row]:
    """What all say of the lessons, each by its pair; the judge is asked for the rule alone that a pair teaches.

    Raises:
        PlimsollError: the images of the lessons can't be built.

    """
    build.build(selection.of_lessons([]))
    store = Store(BUILD / "facts")
    ours: dict[str, dict[str, bool]] = {}
    judged: list[Variant | Composition] = [*map(build.with_outcome, selection.of_lessons([]))]
    judged += selection.taught_compositions([])
    with saying(f"judging {len(judged)} files of lessons"), ThreadPoolExecutor(AT_ONCE) as pool:
        for each, found in zip(judged, pool.map(lambda each: _is_found(each, store), judged), strict=True):
            ours.setdefault(each.lesson, {})[each.name] = found
        return list(pool.map(lambda lesson: _lesson(lesson, ours[lesson.rule], tools), lessons.lessons()))


def _is_found(subject: Variant | Composition, store: Store) -> bool:
    with runner.facts_of(subject, store) as facts:
        return bool(runner.judge(every_rule()[subject.lesson], subject, facts).findings)


def _lesson(lesson: lessons.Lesson, ours: dict[str, bool], tools: list[Peer]) -> Row:
    row = Row(lesson.rule, "lesson")
    pair = {which: _by(tools, _subject(lesson, which)) for which in lessons.PAIR}
    row.said = pair["bad"]
    row.caught = {tool for tool, said in row.said.items() if set(said.rules) - set(pair["good"][tool].rules)}
    row.alarmed = {tool for tool, said in pair["good"].items() if said.grave}
    row.caught |= {OURS} if ours["bad"] else set()
    row.alarmed |= {OURS} if ours["good"] else set()
    return row


def _subject(lesson: lessons.Lesson, which: str) -> Subject:
    file = lesson.file(which)
    if lesson.kind != "Dockerfile":
        return Subject(lesson.folder, None, file)
    name = f"{PREFIX}{lessons.APP}{lesson.rule}:{which}"
    return Subject(lesson.folder, file, None, name if name in engine.images() else "")
