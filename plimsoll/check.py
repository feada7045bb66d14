"""Judging anybody's folder or image by the rules: what `plimsoll check` does."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from docker.errors import APIError, ImageNotFound

from plimsoll import bases, build, composition, engine, engine_setup, expectations, image, leavings, rules
from plimsoll.app import ROOT, Variant
from plimsoll.dockerfile import Dockerfile
from plimsoll.errors import PlimsollError
from plimsoll.findings import Finding
from plimsoll.pytest_reporting import PROPERTY, rule_of, subject_of
from plimsoll.say import saying

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.composition import Composition
    from plimsoll.dockerfile import Stage
    from plimsoll.expectations import Expectations

PYTEST = (
    "--disable-plugin-autoload",
    "-pplimsoll.pytest_plugin",
    "-pno:terminal",
    "-pno:cacheprovider",
    "--assert=plain",
    f"--rootdir={ROOT}",
    f"--config-file={ROOT / 'pyproject.toml'}",
    "--override-ini=addopts=--import-mode=importlib",
)
"""Nothing but the rules: other plugins take longer to load than an image takes to judge."""

REPOSITORY = "plimsoll-check/"
"""What the names of images begin with that are built only to be judged; they are removed afterwards."""

SHELLS = {"sh", "bash", "ash", "dash", "zsh", "fish"}
INTERPRETERS = {"python", "python3", "node", "irb", "jshell", "php", "lua", "ghci", "julia", "psql"}
"""What an image starts that is there to be built on: started alone, it waits for somebody to type."""


PATIENCE = 20.0
"""Seconds that a container may take until it is ready, of which nobody here knows whether it ever will be."""


@dataclass(frozen=True)
class Options:
    """How a subject is judged.

    Attributes:
        base: as an image that others build on, which need not run anything.
        network: with containers that reach the network.
        patience: seconds that a container may take until it is ready.

    """

    base: bool = False
    network: bool = False
    patience: float = PATIENCE


@dataclass
class Judgement:
    """What one rule said of one subject.

    Attributes:
        rule: its name.
        subject: the variant or compose file.
        findings: what it found; empty where the rule is kept.
        waived: why it may be broken, empty where it may not.
        unjudged: why it could not be judged, empty where it was.

    """

    rule: str
    subject: str
    findings: list[Finding] = field(default_factory=list)
    waived: str = ""
    unjudged: str = ""


@dataclass(frozen=True)
class Subjects:
    """What is judged together.

    Attributes:
        variants: the images.
        compositions: the compose files.
        made: names of images that were built only for this.

    """

    variants: list[Variant]
    compositions: list[Composition] = field(default_factory=list)
    made: list[str] = field(default_factory=list)


class Judge:
    """The pytest plugin that says what is judged and hears what the rules say."""

    def __init__(self, subjects: Subjects, wanted: set[str]) -> None:
        self.subjects = subjects
        self.wanted = wanted
        self.judgements: list[Judgement] = []
        self.unreadable = ""

    def pytest_plimsoll_variants(self) -> list[Variant]:
        """The images."""
        return self.subjects.variants

    def pytest_plimsoll_compositions(self) -> list[Composition]:
        """The compose files."""
        return self.subjects.compositions

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the rules that were asked for."""
        items[:] = [item for item in items if item.name.partition("[")[0].removeprefix("test_") in self.wanted]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a rule that can't be read: it must not look like a clean image."""
        if report.failed:
            self.unreadable = f"{report.nodeid} can't be read, {report.longreprtext.strip().splitlines()[-1]}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a rule said: its call, or why it never came to it."""
        if report.when != "call" and (report.passed or report.when == "teardown"):
            return
        judgement = Judgement(rule_of(report), subject_of(report))
        properties = cast("list[tuple[str, tuple[str, str, str]]]", report.user_properties)
        found = [Finding(*value) for name, value in properties if name == PROPERTY]
        if report.skipped and (reason := getattr(report, "wasxfail", "")):
            judgement.waived = reason.removeprefix("reason: ").removeprefix("waived: ")
        elif report.skipped:
            judgement.unjudged = report.longreprtext.rpartition("Skipped: ")[2]
        elif report.failed and found:
            judgement.findings = found
        elif report.failed:
            judgement.unjudged = _reason(report)
        self.judgements.append(judgement)


def _reason(report: pytest.TestReport) -> str:
    """Why a rule could not be judged: the error's own words, never a traceback."""
    crash = getattr(report.longrepr, "reprcrash", None)
    words = str(crash.message if crash else report.longrepr)
    return re.sub(r"^(Failed|plimsoll\.errors\.PlimsollError): ", "", words)


def check(target: str, wanted: Iterable[str], options: Options) -> list[Judgement]:
    """Judge a folder with a Dockerfile, or an image that the engine has.

    Args:
        target: the folder, or the image's name.
        wanted: the names of the rules to judge by.
        options: how.

    Raises:
        PlimsollError: there is no such folder or image, or the engine can't be had.

    """
    engine_setup.ensure()
    made: list[str] = []
    try:
        folder = Path(target)
        if not folder.exists() and not _is_here(target):
            raise PlimsollError(
                f"there is no folder and no image {target} here",
                "name a folder with a Dockerfile, or build or pull the image first",
            )
        if folder.exists():
            subjects = _of_folder(folder.resolve(), made, options)
        else:
            subjects = Subjects([_of_image(target, options)])
        for composed in subjects.compositions:
            composed.document  # noqa: B018 - one that compose refuses is told here, in one line
        judge = Judge(subjects, set(wanted))
        pytest.main([*PYTEST, str(rules.FOLDER)], plugins=[judge])
        if judge.unreadable:
            raise PlimsollError(judge.unreadable, "mend that rule")
        return judge.judgements
    finally:
        leavings.sweep()
        for name in made:
            with suppress(ImageNotFound, APIError):
                engine.client().images.remove(name, force=True)


def _is_here(name: str) -> bool:
    try:
        engine.client().images.get(name)
    except APIError:
        return False
    return True


def _of_image(name: str, options: Options) -> Variant:
    facts = image.read(name)
    application = not (options.base or _is_a_base(facts))
    build.OUTCOMES[name] = build.Built(name)
    return Variant(
        app=name,
        name=name.rpartition("/")[2].partition(":")[2],
        image=name,
        expectations=_expectations(expectations.Expectations(), facts),
        production=application,
        isolated=not options.network,
        starts=application,
        patience=options.patience,
    )


def _is_a_base(facts: image.Image) -> bool:
    """Whether an image is there to be built on: it runs nothing, or only waits for somebody to type."""
    words = [Path(word).name for word in facts.entrypoint]
    alone = not words or (len(words) == 1 and words[0] in SHELLS | INTERPRETERS)
    # By name as well: whatever is built on a stand-in inherits its label.
    return alone or (bases.LABEL in facts.labels and facts.name in bases.stand_ins())


def _expectations(given: Expectations, facts: image.Image) -> Expectations:
    """What plimsoll.toml says, and where it says nothing what the image says of itself."""
    port = given.port or next(iter(facts.ports), None)
    return given.model_copy(update={"port": port, "serves": given.serves and port is not None})


def _of_folder(folder: Path, made: list[str], options: Options) -> Subjects:
    file = folder if folder.is_file() else folder / "Dockerfile"
    folder = file.parent
    compositions = composition.beside(folder)
    if not file.is_file() and compositions:
        return Subjects([], compositions)
    dockerfile = Dockerfile.read(file)
    given = expectations.read(folder)
    needed = {name: f"{file}:{line}" for name, line in dockerfile.bases.items()}
    have = {base.name: base for base in bases.ensure(needed)}
    variants = []
    for stage in _targets(dockerfile):
        variant = Variant(
            app=folder.name,
            name=stage.name or "image",
            image=f"{REPOSITORY}{_repository(folder.name)}:{stage.name.lower() or 'image'}",
            folder=folder,
            file=file,
            target=stage.name or None,
            expectations=given,
            production=True if stage is dockerfile.last else None if stage.name in given.variant else False,
            isolated=not options.network,
            patience=options.patience,
        )
        stand_ins = [name for name in dockerfile.bases if have[name].stand_in]
        outcome = build.Built(variant.image)
        if variant.expected.needs and stand_ins:
            outcome.unbuildable = f"needs {variant.expected.needs}, and {', '.join(stand_ins)} is a stand-in here"
        else:
            outcome.error = _built(variant)
            made.append(variant.image)
        build.OUTCOMES[variant.image] = outcome
        if not outcome.error and not outcome.unbuildable:
            expected = _expectations(given, image.read(variant.image))
            variant = Variant(**{**vars(variant), "expectations": expected})
        variants.append(variant)
    return Subjects(variants, compositions, made)


def _targets(dockerfile: Dockerfile) -> list[Stage]:
    """The stages that a Dockerfile is there to give: the last, and the named ones that no other is made from."""
    used = {each.index for stage in dockerfile.stages for each in dockerfile.needed(stage) if each is not stage}
    leaves = [stage for stage in dockerfile.stages if stage.name and stage.index not in used]
    return [*(stage for stage in leaves if stage is not dockerfile.last), dockerfile.last]


def _repository(name: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return "-".join(filter(None, kept.split("-"))) or "image"


def _built(variant: Variant) -> str:
    """Build one target under its passing name; why it does not build, empty where it does."""
    target = {
        "context": str(variant.folder),
        "dockerfile": str(variant.file),
        "tags": [variant.image],
        **({"target": variant.target} if variant.target else {}),
    }
    with saying(f"building {variant.app}:{variant.name}"):
        record = build.bake(
            "--allow=fs.read=*", "subject", files=("-",), stdin=json.dumps({"target": {"subject": target}})
        )
    return record.failure if record.code != 0 else ""
