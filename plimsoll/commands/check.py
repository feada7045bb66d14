"""Judging anybody's folder or image by the rules: what `plimsoll check` does.

What text tells is told first, by reading alone; then what needs an image, and a container, where they can be had.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import linting, runner, waiving
from plimsoll.commands import baseline, codes, formats, outputs, targets
from plimsoll.commands.formats import text
from plimsoll.commands.options import DEPTHS, FORMATS, Options, Showing
from plimsoll.errors import PlimsollError
from plimsoll.facts.registry import Depth
from plimsoll.given import Given
from plimsoll.rule import Level, every_rule, rule_named
from plimsoll.say import tell

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable, Iterator

    from plimsoll.commands.targets import Subjects
    from plimsoll.rule import Rule
    from plimsoll.runner import Result

DEEPEST = dict(zip(DEPTHS, (Depth.TEXT, Depth.IMAGE, Depth.RUN), strict=True))
"""The last of what is looked at, by the depth that was asked for; what is built again goes with what is started."""


UNASKED = f"--depth={DEPTHS[1]} asks for them"


def run(given: argparse.Namespace) -> int:
    """Judge, and print what was found.

    Raises:
        PlimsollError: what was asked for can't be judged at all, or by none of the rules.
        KeyboardInterrupt: it was interrupted.

    """
    options = Options(
        recursive=given.recursive,
        file=given.file,
        target=given.target,
        given=Given(tuple(given.build_arg), tuple(given.secret), tuple(given.ssh), given.platform),
        depth=given.depth,
        base=given.base,
        development=given.development,
        environment=dict(given.env),
        network=given.network,
        patience=given.timeout,
        helper=given.helper,
        config=given.config,
        keep=given.keep,
        thorough=given.thorough or bool(given.rule),
    )
    if given.require and DEPTHS.index(given.require) > DEPTHS.index(given.depth):
        raise PlimsollError(
            f"--require={given.require} looks further than --depth={given.depth}", "let both look equally far"
        )
    rules = _chosen(given.rule, given.skip)
    with tempfile.TemporaryDirectory() as scratch:
        subjects = targets.subjects(given.targets, options, Path(scratch).resolve())
        return _judged(rules, subjects, options, given)


def _judged(rules: list[Rule], subjects: Subjects, options: Options, given: argparse.Namespace) -> int:
    """Judge, and print: the exit code."""
    showing = Showing(verbose=given.verbose, fail_on=Level(given.fail_on))
    wanted = outputs.of(given.output)
    past = baseline.opened(given.baseline, given.write_baseline)
    as_it_comes = wanted.shown == FORMATS[0]
    results: list[Result] = []
    for so_far in check(rules, subjects, options):
        if as_it_comes:
            # At once: what comes next may take minutes.
            outputs.show(wanted, text.findings(_added(results, past.new(so_far)), showing))
        results = so_far
    if not results and subjects.mistakes:
        *others, last = subjects.mistakes
        for error in others:
            tell(str(error))
        raise last
    remarks = waiving.remarks(results)
    results, told = past.settled(results)
    written = outputs.write(wanted, lambda name: formats.FORMATS[name](results, showing))
    outputs.show(
        wanted, text.closing(results, showing) if as_it_comes else formats.FORMATS[wanted.shown](results, showing)
    )
    faults = [each.unjudged for each in results if each.fault]
    for words in dict.fromkeys([*faults, *map(str, subjects.mistakes), *remarks, *told]):
        # Not every form has a place for it.
        tell(words)
    if not results:
        named = " ".join(given.targets)
        raise PlimsollError(f"none of these rules judges {named}", "leave out --rule, --skip or --depth")
    whole = written and not subjects.mistakes
    return max(_code(results, given.require, showing.fail_on), codes.CLEAN if whole else codes.UNREADABLE)


def _chosen(only: Collection[str], skipped: Iterable[str]) -> list[Rule]:
    wanted = set(map(rule_named, only)) if only else set(every_rule().values())
    wanted -= set(map(rule_named, skipped))
    # In the order of the files.
    return [each for each in every_rule().values() if each in wanted]


def _added(before: Iterable[Result], after: Iterable[Result]) -> list[Result]:
    """The results, with only what was not found before."""
    told = {id(finding) for each in before for finding in each.findings}
    return [replace(each, findings=[one for one in each.findings if id(one) not in told]) for each in after]


def _code(results: Collection[Result], require: str, fail_on: Level) -> int:
    if any(each.fault for each in results):
        return codes.INTERNAL
    judged = any(not (each.unjudged or each.left_out) for each in results)
    short = require and any(_falls_short(each, DEEPEST[require]) for each in results)
    if not judged or short or any(each.unreadable for each in results):
        return codes.UNREADABLE
    fails = any(each.findings and each.rule.level.reaches(fail_on) for each in results)
    return codes.FOUND if fails else codes.CLEAN


def _falls_short(result: Result, depth: Depth) -> bool:
    """Whether a rule of a depth, or of a lesser one, was not judged; BuildKit's own checks are as deep as an image."""
    return bool((result.unjudged and result.rule.depth <= depth) or (result.in_part and depth > Depth.TEXT))


def check(rules: Collection[Rule], subjects: Subjects, options: Options) -> Iterator[list[Result]]:
    """Judge subjects: all results so far, each time that one looks no further without more; nothing is installed.

    Args:
        rules: those to judge by.
        subjects: what to judge.
        options: how, and how far is looked.

    Raises:
        KeyboardInterrupt: it was interrupted.

    """
    results = runner.read((each for each in rules if each.of_text), subjects.every)
    if options.depth == DEPTHS[0]:
        yield [_without_checks(each) for each in results]
        return
    yield results
    if not (subjects.variants or subjects.images):
        return
    further = [each for each in rules if linting.adds_checks(each) or (not each.of_text and _is_within(each, options))]
    if further:
        # Not before: it takes longer to load than text takes to be judged.
        from plimsoll.commands import deeper  # noqa: PLC0415

        variants = [*subjects.variants, *deeper.images_of(subjects, options)]
        yield _joined(results, deeper.judge(further, variants, options))


def _without_checks(result: Result) -> Result:
    """A result that says itself that BuildKit was not asked."""
    lacking = linting.adds_checks(result.rule) and not (result.unjudged or result.in_part)
    return replace(result, in_part=UNASKED, lacks=linting.BUILDKIT) if lacking else result


def _is_within(rule: Rule, options: Options) -> bool:
    return rule.depth <= DEEPEST[options.depth]


def _joined(before: list[Result], after: Iterable[Result]) -> list[Result]:
    """All results, where rules that have judged by text may have judged once more with BuildKit's own checks.

    What was told before stands; of what comes after, only what is said of other places is added.
    """
    known = {(each.rule.name, each.subject): each for each in before}
    later = []
    for each in after:
        first = known.get((each.rule.name, each.subject))
        if first is None:
            later.append(each)
            continue
        places = {finding.place for finding in (*first.findings, *(one.finding for one in first.spared))}
        known[each.rule.name, each.subject] = replace(
            first,
            findings=[*first.findings, *(finding for finding in each.findings if finding.place not in places)],
            waived="; ".join(dict.fromkeys(filter(None, [first.waived, each.waived]))),
            spared=[*first.spared, *(one for one in each.spared if one.finding.place not in places)],
            used=tuple(dict.fromkeys([*first.used, *each.used])),
            in_part=first.in_part or each.in_part,
            lacks=first.lacks or each.lacks,
            failed=first.failed or each.failed,
            unreadable=first.unreadable or each.unreadable,
            fault=first.fault or each.fault,
        )
    return [*known.values(), *later]
