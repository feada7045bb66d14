"""What takes an engine: images are built, read and started, and nothing of that is left behind."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import engine, interruption, pairing, pulls, runner, sdk, waiving
from plimsoll.commands import images
from plimsoll.errors import PlimsollError
from plimsoll.facts.registry import Depth
from plimsoll.facts.run import helper, orphans
from plimsoll.say import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from plimsoll.commands.options import Options
    from plimsoll.commands.targets import Subjects
    from plimsoll.rule import Rule
    from plimsoll.runner import Result
    from plimsoll.subject import Variant

NOT_STARTED = "an archive is not started: `docker load` it, and check the image by its name"

NOT_PULLED = "an image is not started that the engine does not have: `docker pull` it, and check it again"

NO_CONTEXT = "a Dockerfile from standard input has no context: name its folder"

AGAIN = 0.2
"""Seconds after which is looked again for what experiments have started that were under way."""


def images_of(subjects: Subjects, options: Options) -> list[Variant]:
    """The images that were asked for by name, or that archives hold; why one can't be had is noted."""
    found: list[Variant] = []
    given = subjects.configured(options.config) if subjects.images else None
    for name in subjects.images:
        with subjects.noting():
            if Path(name).exists():
                found += images.archived(Path(name), given, options)
            else:
                found.append(images.published(name, given, options) or images.named(name, given, options))
    subjects.mistakes.extend(each for image in found for each in waiving.mistakes(image))
    return found


def judge(rules: Collection[Rule], variants: Collection[Variant], options: Options) -> list[Result]:
    """Judge images by rules that ask for more than text; those of a folder are built for that.

    Args:
        rules: those to judge by.
        variants: the images.
        options: how.

    Raises:
        KeyboardInterrupt: it was interrupted.

    """
    contextless = [each for each in variants if each.contextless]
    archives = [each for each in variants if each.archive]
    remote = [each for each in variants if each.remote and each.is_only_read]
    others = [each for each in variants if not (each.contextless or each.is_only_read)]
    results = runner.unjudged(rules, contextless, NO_CONTEXT)
    results += _only_read(rules, archives, options, NOT_STARTED)
    results += _only_read(rules, remote, options, NOT_PULLED)
    return [*results, *(_with_engine(rules, others, options) if others else [])]


def _only_read(rules: Iterable[Rule], variants: Collection[Variant], options: Options, reason: str) -> list[Result]:
    """What is said of images that no engine has: they are read, and why nothing is started."""
    read = [each for each in rules if each.depth <= Depth.IMAGE]
    results = runner.run(read, variants, thorough=options.thorough)
    return [*results, *runner.unjudged((each for each in rules if each not in read), variants, reason)]


def _with_engine(rules: Collection[Rule], variants: Collection[Variant], options: Options) -> list[Result]:
    try:
        require_engine(variants)
    except PlimsollError as error:
        return runner.unjudged(rules, variants, str(error))
    if options.helper:
        helper.use(options.helper)
    made: list[str] = []
    with swept(made):
        if _asks(rules, variants, "outcome"):
            variants = [images.built(each, made, options) for each in variants]
        if _starts_any(rules, variants):
            have_helper()
        results = runner.run(rules, variants, thorough=options.thorough)
        interruption.require_none()
        if options.keep:
            made[:] = _kept(variants, made)
        return results


@contextmanager
def swept(made: list[str]) -> Iterator[None]:
    """Leave nothing of a block behind, however it ends: the images of these names, and whatever it has started."""
    try:
        yield
    finally:
        with interruption.held(), ExitStack() as stack:
            stack.callback(_if_the_engine_answers, _remove, made)
            stack.callback(_if_the_engine_answers, _end_experiments)


def require_engine(variants: Iterable[Variant]) -> None:
    """Refuse to go on where no engine answers, or none that builds where that is needed."""
    if any(each.outcome is None for each in variants):
        engine.require_builder()
    else:
        engine.info()


def _asks(rules: Iterable[Rule], variants: Collection[Variant], fact: str) -> bool:
    """Whether a fact is asked for by any rule that may be about any of the images."""
    asking = [rule for rule in rules if pairing.asks(rule, fact)]
    return any(pairing.applies(rule, each) or pairing.unknown(rule, each) for rule in asking for each in variants)


def _if_the_engine_answers(clean: Callable[..., None], *arguments: object) -> None:
    """Clean up; that the engine has gone meanwhile is told, and takes no result away."""
    try:
        clean(*arguments)
    except Exception as error:
        if not (told := engine.failure(error)):
            raise
        tell(f"something may be left behind: {told}")


def _starts_any(rules: Iterable[Rule], variants: Collection[Variant]) -> bool:
    """Whether any container is started."""
    deep = (rule for rule in rules if rule.depth is Depth.RUN)
    return any(pairing.applies(rule, subject) for rule in deep for subject in variants)


def have_helper() -> None:
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
        with suppress(sdk.ImageNotFound, sdk.APIError):
            engine.client().images.remove(name, force=True)
