"""A first plimsoll.toml for a folder, from what its images are and do: what `plimsoll init` does."""

from __future__ import annotations

import posixpath
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plimsoll import runner
from plimsoll.commands import codes, deeper, draft, images, targets
from plimsoll.commands.discovery import in_folder
from plimsoll.commands.draft import Draft, Measured
from plimsoll.commands.options import Options
from plimsoll.errors import PlimsollError
from plimsoll.expectations import FILE, Expectations
from plimsoll.facts.gathering import Store
from plimsoll.facts.image import programs
from plimsoll.facts.registry import Depth
from plimsoll.facts.run import confinement, discovery, experiments, helper
from plimsoll.facts.run.outside import Outside
from plimsoll.parsing.dockerfile import is_development
from plimsoll.paths import show
from plimsoll.rule import every_rule
from plimsoll.rules.run.running import writes_only_where_it_may
from plimsoll.say import saying, tell

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from plimsoll.expectations import Endpoint
    from plimsoll.facts.image.base import Base
    from plimsoll.facts.image.image import Image
    from plimsoll.rule import Rule
    from plimsoll.subject import Variant

ROOMS = tuple(each * 10**6 for each in (512, 1000, 2000, 4000))
"""Bytes of memory that are tried, one after the other, where those of the judge's own are too few."""

MOST_STATIC = 10
"""Static programs that are promised: an image of more is a box of tools."""

LONGEST = 200
"""Letters of a reason that are told."""

MEMORY = "stays_inside_its_memory_limit"


def run(given: argparse.Namespace) -> int:
    """Measure a folder's images, and write down what they can be held to; nothing is overwritten.

    Raises:
        PlimsollError: there is no folder with a Dockerfile, it has a plimsoll.toml, or nothing can be measured.
        KeyboardInterrupt: it was interrupted; then nothing is written.

    """
    folder: Path = given.path
    file = folder / FILE
    if not folder.is_dir():
        raise PlimsollError(f"{folder} is no folder", "name the one that has the Dockerfile")
    if file.exists() or file.is_symlink():
        raise PlimsollError(f"{file} is there already", "change it by hand, or move it away: nothing is overwritten")
    options = Options(environment=dict(given.env), network=given.network, patience=given.timeout, helper=given.helper)
    if not in_folder(folder).dockerfiles:
        raise PlimsollError(f"{folder} has no Dockerfile", "name a folder that has one: only images are measured")
    # Others beside it are most often for something else.
    plain = folder / "Dockerfile"
    found = targets.subjects([str(folder)], replace(options, file=str(plain) if plain.exists() else ""))
    if not found.variants:
        raise found.mistakes[0]
    text = draft.written(_measured(found.variants, options))
    _create(file, text)
    print(text, end="")
    tell(f"{file} is written: read it, and change what you know better")
    return codes.CLEAN


def _create(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError as error:
        raise PlimsollError(f"{file} has come into being meanwhile", "read it: nothing is overwritten") from error
    except OSError as error:
        raise PlimsollError(f"{file} can't be written, {error.strerror}", "make its folder writable") from error


@dataclass(frozen=True)
class _Seen:
    """What was seen of one image, and where it serves: its port, what it answers, and where it writes."""

    variant: Variant
    measured: Measured
    image: Image
    port: int | None = None
    endpoints: tuple[Endpoint, ...] = ()
    writable: tuple[str, ...] = ()


def _measured(variants: list[Variant], options: Options) -> Draft:
    deeper.require_engine(variants)
    if options.helper:
        helper.use(options.helper)
    made: list[str] = []
    with deeper.swept(made):
        ready = list(_built(variants, made, options))
        deeper.have_helper()
        store = Store()
        seen = [_seen(each, store) for each in ready]
        found = _draft(seen, options)
        return _held(found, seen, options)


def _built(variants: Iterable[Variant], made: list[str], options: Options) -> Iterator[Variant]:
    """The images that can be built and measured; of the others is told why not.

    Raises:
        PlimsollError: there is none.

    """
    none = True
    for variant in variants:
        built = images.built(variant, made, options)
        outcome = built.outcome
        if outcome and (why := outcome.error or outcome.unbuildable):
            tell(f"{built} is not measured: {' '.join(why.split())[-LONGEST:]}")
            continue
        none = False
        yield built
    if none:
        raise PlimsollError("no image can be built, and so nothing is measured", "let `docker build` succeed first")


def _seen(variant: Variant, store: Store) -> _Seen:
    with saying(f"measuring {variant}"), runner.facts_of(variant, store) as facts:
        image = facts.get("image")
        static = tuple(_static(image, facts.get("base"))) if variant.production else ()
        seen = _Seen(variant, Measured(variant.name, image.size, static), image)
        if not (variant.started and variant.expected.serves):
            return seen
        answers = facts.get("answers")
        if answers.problem:
            why = " ".join(answers.problem.split())[:LONGEST]
            tell(f"{variant} does not serve here, and so nothing is promised of what it answers: {why}")
            return seen
        server = facts.get("server")
        endpoints = tuple(discovery.endpoints(server))
        writable: tuple[str, ...] = ()
        if variant.production:
            effects, failures = facts.get("side_effects"), facts.get("least_privilege")
            flagged = [each.place for each in writes_only_where_it_may(server, image, effects)]
            writable = _folders(flagged)
            if any(each.restriction in confinement.WRITING for each in failures):
                wider = _folders(effects.changes)
                given = server.expectations.model_copy(update={"writable": list(wider)})
                if not confinement.least_privilege(replace(server, expectations=given), answers):
                    writable = wider
        return replace(seen, port=server.expected.port, endpoints=endpoints, writable=writable)


def _static(image: Image, base: Base) -> list[str]:
    """The programs that are the image's own and need no loader; none where they are many."""
    found = [
        show(path)
        for path in sorted(programs.startable(image))
        if (program := image.elf(path)) and program.executable and program.static and not base.brought(image, path)
    ]
    return found if len(found) <= MOST_STATIC else []


def _folders(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders of files, without those that lie in another; what lies in the root itself has none."""
    folders = sorted({posixpath.dirname(path) for path in paths} - {"/", ""})
    return tuple(each for each in folders if not any(each.startswith(f"{other}/") for other in folders))


def _draft(seen: list[_Seen], options: Options) -> Draft:
    """What is to be written of images: what all have in common at the top, and nothing there that one lacks."""
    ports = {each.port for each in seen}
    rows: dict[str, tuple[Endpoint, list[str]]] = {}
    for each in seen:
        for endpoint in each.endpoints:
            rows.setdefault(repr(endpoint), (endpoint, []))[1].append(each.variant.name)
    endpoints = [
        endpoint if len(names) == len(seen) else endpoint.model_copy(update={"variants": names})
        for endpoint, names in rows.values()
    ]
    # A named stage of which the file speaks is judged as deployed, unless its name says that it is not.
    spoken = [each for each in seen if each.variant.deployed or is_development(each.variant.name)]
    return Draft(
        port=next(iter(ports)) if len(ports) == 1 else None,
        environment=options.environment,
        writable=tuple(dict.fromkeys(folder for each in seen for folder in each.writable)),
        endpoints=tuple(endpoints),
        variants=tuple(replace(each.measured, port=each.port if len(ports) > 1 else None) for each in spoken),
    )


def _held(found: Draft, seen: list[_Seen], options: Options) -> Draft:
    """The draft, with its endpoints in doubt where the images break more rules held to them than they did before.

    Judged is once, held to it; only of what they break so is it asked whether they break it without.
    """

    def broken(given: Expectations | None, rules: list[Rule]) -> set[tuple[str, str]]:
        held = [each.variant if given is None else _as(each, given, options) for each in seen]
        results = runner.run(rules, held, thorough=False)
        return {(each.rule.name, each.subject) for each in results if each.findings}

    with saying("judging by what is measured"):
        every = [each for each in every_rule().values() if each.depth in {Depth.IMAGE, Depth.RUN}]
        worse = broken(Expectations.model_validate(tomllib.loads(draft.written(found))), every)
        doubted = [each for each in every if each.name in {name for name, _ in worse}]
        worse -= broken(None, doubted) if doubted else set()
        if {name for name, _ in worse} == {MEMORY}:
            found, worse = _with_room(found, seen, worse)
    if not worse:
        return found
    names = ", ".join(sorted({name for name, _ in worse}))
    return replace(found, doubts=f"Held to these, it breaks {names}: fix that, then take them in.")


def _as(seen: _Seen, given: Expectations, options: Options) -> Variant:
    """An image as the file has it judged."""
    expected = images.expected(given, seen.image, options)
    return replace(
        seen.variant, expectations=expected, ports=() if given.of(seen.variant.name).port else seen.variant.ports
    )


def _with_room(found: Draft, seen: list[_Seen], worse: set[tuple[str, str]]) -> tuple[Draft, set[tuple[str, str]]]:
    """The draft with the memory that images need, where that can be told."""
    outside = Outside(helper.helper())
    needed = {}
    for each in seen:
        if (MEMORY, str(each.variant)) in worse:
            given = each.variant.expectations.model_copy(update={"endpoint": list(found.endpoints)})
            variant = replace(each.variant.at(each.port), expectations=given)
            needed[each.variant.name] = _room(variant, outside)
    variants = tuple(replace(each, memory=needed.get(each.name)) for each in found.variants)
    return replace(found, variants=variants), worse if None in needed.values() else set()


def _room(variant: Variant, outside: Outside) -> int | None:
    """The bytes of memory within which a server serves; None where all that are tried are too few."""
    for room in ROOMS:
        name = variant.name
        own = variant.expected.model_copy(update={"memory": room})
        given = variant.expectations.model_copy(update={"variant": {name: own}})
        use = experiments.under_memory_limit(replace(variant, expectations=given), outside)
        if not (use.killed or use.problem):
            return room
    return None
