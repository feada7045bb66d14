"""Judging anybody's folder or image by the rules: what `plimsoll check` does."""

from __future__ import annotations

import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, ImageNotFound

from plimsoll import engine, interruption, pulls, runner, waiving
from plimsoll.commands import baseline, codes, formats, outputs, targets
from plimsoll.commands.options import Options, Showing
from plimsoll.errors import PlimsollError
from plimsoll.facts.registry import Depth
from plimsoll.facts.run import helper, orphans
from plimsoll.rule import Level, every_rule, rule_named
from plimsoll.say import tell

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Iterable

    from plimsoll.rule import Rule
    from plimsoll.runner import Result, Subject
    from plimsoll.subject import Variant

AGAIN = 0.2
"""Seconds after which is looked again for what experiments have started that were under way."""


def run(given: argparse.Namespace) -> int:
    """Judge, and print what was found.

    Raises:
        PlimsollError: what was asked for can't be judged at all, or by none of the rules.
        KeyboardInterrupt: it was interrupted.

    """
    options = Options(
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
    showing = Showing(verbose=given.verbose, fail_on=Level(given.fail_on))
    wanted = outputs.of(given.output)
    past = baseline.opened(given.baseline, given.write_baseline)
    mistakes: list[PlimsollError] = []
    rules = _chosen(given.rule, given.skip, static=given.static)
    results = check(given.target, rules, options, mistakes)
    remarks = waiving.remarks(results)
    results, told = past.settled(results)
    # The files first: whoever reads standard output may have seen enough before its end.
    written = outputs.write(wanted, lambda name: formats.FORMATS[name](results, showing))
    outputs.show(formats.FORMATS[wanted.shown](results, showing))
    for fault in dict.fromkeys(each.unjudged for each in results if each.fault):
        # Not every form has a place for it.
        tell(fault)
    for line in [*map(str, mistakes), *remarks, *told]:
        tell(line)
    if not results:
        raise PlimsollError(f"none of these rules judges {given.target}", "leave out --rule, --skip or --static")
    whole = written and not mistakes
    return max(_code(results, showing.fail_on), codes.CLEAN if whole else codes.UNREADABLE)


def _chosen(only: Collection[str], skipped: Iterable[str], *, static: bool) -> list[Rule]:
    wanted = set(map(rule_named, only)) if only else set(every_rule().values())
    wanted -= set(map(rule_named, skipped))
    # In the order of the files.
    return [each for each in every_rule().values() if each in wanted and not (static and each.depth >= Depth.BUILD)]


def _code(results: Iterable[Result], fail_on: Level) -> int:
    results = list(results)
    if any(each.fault for each in results):
        return codes.INTERNAL
    if any(each.unjudged for each in results):
        return codes.UNREADABLE
    fails = any(each.findings and each.rule.level.reaches(fail_on) for each in results)
    return codes.FOUND if fails else codes.CLEAN


def check(
    target: str, rules: Collection[Rule], options: Options, mistakes: list[PlimsollError] | None = None
) -> list[Result]:
    """Judge a folder with a Dockerfile, or an image that the engine has; nothing is installed for that.

    Args:
        target: the folder, or the image's name.
        rules: those to judge by.
        options: how.
        mistakes: where is noted what of their configuration can't be understood, and so does not count.

    Raises:
        PlimsollError: there is no such folder or image, or no engine answers, or it is too old.
        KeyboardInterrupt: it was interrupted.

    """
    if options.helper:
        helper.use(options.helper)
    if Path(target).exists():
        engine.found()
    else:
        # An image has been built: the plugins are not asked, which takes longer than the rules.
        engine.info()
    made: list[str] = []
    try:
        subjects = targets.subjects(target, made, options)
        every: list[Subject] = [*subjects.variants, *subjects.compositions]
        if mistakes is not None:
            mistakes += [*subjects.mistakes, *(each for subject in every for each in waiving.mistakes(subject))]
        if _starts_any(rules, every):
            _have_helper()
        results = runner.run(rules, every, thorough=options.thorough)
        interruption.require_none()
        if options.keep:
            made = _kept(subjects.variants, made)
        return results
    finally:
        with interruption.held(), ExitStack() as stack:
            stack.callback(_if_the_engine_answers, _remove, made)
            stack.callback(_if_the_engine_answers, _end_experiments)


def _if_the_engine_answers(clean: Callable[..., None], *arguments: object) -> None:
    """Clean up; that the engine has gone meanwhile is told, and takes no result away."""
    try:
        clean(*arguments)
    except Exception as error:
        if not (told := engine.failure(error)):
            raise
        tell(f"something may be left behind: {told}")


def _starts_any(rules: Iterable[Rule], subjects: Collection[Subject]) -> bool:
    """Whether any container is started."""
    deep = (rule for rule in rules if rule.depth is Depth.RUN)
    return any(runner.applies(rule, subject) for rule in deep for subject in subjects)


def _have_helper() -> None:
    """Have the helper's image, which is pulled where it is not here; why it can't be had is told."""
    if why := pulls.missing(helper.IMAGE):
        tell(f"helper {helper.IMAGE} can't be had, what starts containers is not judged: {why}")


def _end_experiments() -> None:
    """Remove the containers of this run, until nobody is left who would start another.

    An interruption reaches the main thread alone: the others meet it when what they wait for is taken from them.
    """
    helper.close()
    while others := [each for each in threading.enumerate() if each is not threading.main_thread() and not each.daemon]:
        orphans.clean_up()
        others[0].join(AGAIN)
    orphans.clean_up()


def _kept(variants: Iterable[Variant], made: Iterable[str]) -> list[str]:
    """Tell the names of the images that stay; those that do not are what is not there."""
    stay = {each.image: str(each) for each in variants if each.image in made and pulls.is_here(each.image)}
    for image, name in stay.items():
        tell(f"kept {image}, which is {name}")
    return [name for name in made if name not in stay]


def _remove(images: list[str]) -> None:
    for name in images:
        with suppress(ImageNotFound, APIError):
            engine.client().images.remove(name, force=True)
