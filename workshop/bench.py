"""Time compared, never asserted: the naive image against prod, in turn, several times each."""

from __future__ import annotations

import platform
import shutil
import statistics
import subprocess
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import container
from plimsoll.say import say
from plimsoll.units import show_number
from workshop import load
from workshop.root import BUILD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plimsoll.expectations import Bench
    from plimsoll.subject import Variant

RUNS = 5
REPORT = BUILD / "bench.md"


@dataclass(frozen=True)
class Comparison:
    """One measure of two variants, taken in turn.

    Attributes:
        app: the app.
        measure: what was measured, with its unit.
        naive: the values of the first variant, and its name.
        better: the values of the second, and its name.
        more_is_better: whether a greater value is the better one.

    """

    app: str
    measure: str
    naive: tuple[str, list[float]]
    better: tuple[str, list[float]]
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        """How many times better the second's median is."""
        first, second = statistics.median(self.naive[1]), statistics.median(self.better[1])
        return second / first if self.more_is_better else first / second

    def row(self) -> str:
        """A row of the report."""
        cells = [self.app, self.measure]
        for name, values in (self.naive, self.better):
            low, middle, high = min(values), statistics.median(values), max(values)
            cells.append(f"`{name}` {show_number(middle)} ({show_number(low)} to {show_number(high)})")
        return f"| {' | '.join(cells)} | {self.ratio:.1f} times |"


def bench(variants: list[Variant], runs: int = RUNS) -> str:
    """Compare what each app's plimsoll.toml names under `[bench]`, and return the report.

    Raises:
        PlimsollError: no app names anything, or a build or container fails.

    """
    apps: dict[str, dict[str, Variant]] = {}
    for variant in variants:
        apps.setdefault(variant.app, {})[variant.name] = variant
    load.prepare()
    rows: list[Comparison] = []
    for app, named in apps.items():
        what = named["prod"].expectations.bench
        if what is None:
            continue
        say(f"comparing {app}: {runs} runs each, in turn")
        rows += _compare(app, named, what, runs)
    if not rows:
        raise PlimsollError(
            "there is nothing to compare", "name a source file: `[bench]`, `edit = ...` in plimsoll.toml"
        )
    lines = [
        f"{_machine()}; {engine.found()}. Medians of {runs} runs, lowest to highest in brackets, taken in turn.",
        "",
        "| app | measure | naive | ours | better |",
        "| --- | --- | --- | --- | ---: |",
        *(row.row() for row in rows),
    ]
    text = "\n".join(lines) + "\n"
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(text)
    return text


def _compare(app: str, named: dict[str, Variant], what: Bench, runs: int) -> Iterator[Comparison]:
    single, dev, prod = named["single"], named["dev"], named["prod"]
    slow, fast = _in_turn(single, prod, lambda variant: _rebuild(variant, what.edit), runs)
    yield Comparison(app, "rebuild after a one-line edit, s", ("single", slow), ("prod", fast))
    if not prod.expected.serves:
        return
    slow, fast = _in_turn(single, prod, _first_answer, runs)
    yield Comparison(app, "from start to first answer, s", ("single", slow), ("prod", fast))
    if path := what.path:
        slow, fast = _in_turn(dev, prod, lambda variant: _requests(variant, path), runs)
        yield Comparison(app, f"GET {path}, requests/s", ("dev", slow), ("prod", fast), more_is_better=True)


def _in_turn(
    first: Variant, second: Variant, measure: Callable[[Variant], float], runs: int
) -> tuple[list[float], list[float]]:
    """Measure two variants alternately, so that whatever else the machine does falls on both."""
    values: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        values[0].append(measure(first))
        values[1].append(measure(second))
    return values


def _rebuild(variant: Variant, edit: str) -> float:
    """Seconds to build a copy in which one line of one source file is new; everything before it is cached."""
    if variant.folder is None or variant.file is None:
        raise PlimsollError(f"{variant} has no sources", "compare an app that has")
    with tempfile.TemporaryDirectory() as copy:
        folder = Path(copy) / variant.folder.name
        shutil.copytree(variant.folder, folder, ignore=shutil.ignore_patterns("node_modules", "target", "dist"))
        _build(variant, folder)
        source = folder / edit
        mark = "#" if source.suffix == ".py" else "//"
        source.write_text(f"{source.read_text()}{mark} {uuid.uuid4()}\n")
        begun = time.monotonic()
        _build(variant, folder)
        return time.monotonic() - begun


def _build(variant: Variant, folder: Path) -> None:
    file = folder / variant.file.relative_to(variant.folder) if variant.file and variant.folder else folder
    target = ["--target", variant.target] if variant.target else []
    # The steps alone: an image that is exported would be left behind without a name.
    done = subprocess.run(
        ["docker", "buildx", "build", "--quiet", "--output=type=cacheonly", *target, "--file", str(file), str(folder)],
        env=engine.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PlimsollError(f"{variant} does not build: {done.stderr.strip()[-300:]}", "run `make test` first")


def _requests(variant: Variant, path: str) -> float:
    with _answering(variant) as running:
        load.requests_per_second(running, path, seconds=1)
        return load.requests_per_second(running, path)


def _first_answer(variant: Variant) -> float:
    begun = time.monotonic()
    with _answering(variant):
        return time.monotonic() - begun


@contextmanager
def _answering(variant: Variant) -> Iterator[container.Container]:
    expected = variant.expected
    with container.started(
        variant.image, port=expected.port, environment=expected.environment, command=expected.command
    ) as running:
        running.wait_until_answering()
        yield running


def _machine() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} x {models[0] if models else platform.processor()}, {platform.system()} {platform.release()}"
