"""What tells a lesson's bad example from its good one in figures: what its rule finds, what their images weigh.

`make measured` writes it into lessons/measured.toml, from which `plimsoll explain` tells it.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from typing import TYPE_CHECKING

from plimsoll import lessons, runner
from plimsoll.commands import codes
from plimsoll.lessons import MEASURED, Measured
from plimsoll.rule import every_rule, rule_named
from plimsoll.say import say
from plimsoll.units import show_size
from workshop import baked, build, engine_setup, selection, sizes

if TYPE_CHECKING:
    from plimsoll.pairing import Subject
    from plimsoll.rule import Rule

MOST = 3
"""Findings that are kept of a bad example: who wants more judges it."""

LONGEST = 240
"""Letters that are kept of one."""

LAYER = re.compile(r"layer sha256:[0-9a-f]+")


def measured(rule: Rule) -> Measured:
    """What its lesson comes to here; its images have to be built.

    Raises:
        RuntimeError: the rule does not tell the pair apart here.

    """
    names = [lessons.APP + rule.name]
    images = list(map(build.with_outcome, selection.of_lessons(names)))
    every: list[Subject] = [*images, *selection.taught_compositions(names), *baked.variants(names)]
    pair = {each.name: each for each in every}
    judged = {name: found(rule, pair[name]) for name in lessons.PAIR}
    if not judged["bad"] or judged["good"]:
        raise RuntimeError(f"{rule} finds in its good example: {'; '.join(judged['good']) or 'nothing, as in the bad'}")
    weights = {each.variant: each.size for each in sizes.sizes(images)}
    shown = [show_size(size) if size is not None else "" for size in map(weights.get, lessons.PAIR)]
    known = shown if all(shown) else ["", ""]
    return Measured(tuple(judged["bad"][:MOST]), len(judged["bad"]), *known)


def found(rule: Rule, subject: Subject) -> list[str]:
    """What a rule finds in an example of its own, by its text where that tells, in words that no run changes.

    Raises:
        RuntimeError: it is not judged here.

    """
    by_text = runner.read([rule], [subject]) if rule.of_text else []
    told = by_text if any(each.findings for each in by_text) else runner.run([rule], [subject])
    if unjudged := [each.unjudged or each.left_out for each in told if each.unjudged or each.left_out]:
        raise RuntimeError(f"{rule} is not judged here, {unjudged[0]}")
    lines = [f"{each.place}: {each.found}" if each.place else each.found for one in told for each in one.findings]
    return [_plain(each, f"{lessons.FOLDER / rule.name}/") for each in lines]


def _plain(words: str, folder: str) -> str:
    """Words without what is of one run: the clone's folder, a layer's digest, a log that follows."""
    line = LAYER.sub("layer", words.replace(folder, "").splitlines()[0].removesuffix(", its last lines are"))
    return textwrap.shorten(line, LONGEST, placeholder=" ...")


def written(every: dict[str, Measured]) -> str:
    """The file."""
    rows = ["# Made by `make measured`: what each rule finds in the bad one of its pair, what both images weigh.\n"]
    for name, each in sorted(every.items()):
        found = ",\n".join(f"    {json.dumps(one, ensure_ascii=False)}" for one in each.found)
        weights = f'bad = "{each.bad}"\ngood = "{each.good}"\n' if each.bad else ""
        rows.append(f"[{name}]\nnumber = {each.number}\nfound = [\n{found},\n]\n{weights}")
    return "\n".join(rows)


def main(names: list[str]) -> int:
    """Measure the lessons of these rules, of all where none is named; what can't be measured here stays as it is."""
    engine_setup.ensure()
    every = {name: each for name, each in lessons.measured().items() if name in every_rule()}
    code = codes.CLEAN
    for rule in map(rule_named, names) if names else every_rule().values():
        say(str(rule))
        try:
            every[rule.name] = measured(rule)
        except RuntimeError as error:
            say(str(error))
            code = codes.UNREADABLE
        MEASURED.write_text(written(every))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
