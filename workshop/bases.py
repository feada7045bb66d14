"""Base images: used where they are, else pulled, else, where no registry is reached, stood in for."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import engine, inputs, pulls
from plimsoll.errors import PlimsollError
from plimsoll.refusals import Kind
from plimsoll.say import say, saying
from workshop import packages
from workshop.root import BUILD, PREFIX, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.subject import Variant

LABEL = pulls.STAND_IN
BAKE = "bases/docker-bake.hcl"
CONTEXT = BUILD / "bases"
MADE_FROM = "plimsoll.made-from"
"""The label of a stand-in that tells a digest of what it was made from: one that is made otherwise is made anew."""
CERTIFICATES = Path("/usr/local/share/ca-certificates")
SUITE = "trixie"

SLIMMING = (
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/man/*",
)
"""What Debian's slim images leave out as well."""


@dataclass(frozen=True)
class Base:
    """A base image that is here.

    Attributes:
        name: the official name.
        stand_in: what it was made of here, empty for the official image.
        digest: of what a registry gave, empty for a stand-in, and where the engine knows none.

    """

    name: str
    stand_in: str
    digest: str = ""

    @property
    def origin(self) -> str:
        """Where it came from, whole."""
        if self.stand_in:
            return f"stand-in, {self.stand_in}"
        return f"pulled, {self.digest}" if self.digest else "from no registry"

    @property
    def brief(self) -> str:
        """Where it came from, in a word or two."""
        if self.stand_in:
            return "stand-in"
        algorithm, _, digest = self.digest.partition(":")
        return f"pulled {algorithm}:{digest[:12]}" if digest else "from no registry"


def wanted(variants: Iterable[Variant]) -> dict[str, str]:
    """The images of others that the variants are built from, each with the place that names it first."""
    names: dict[str, str] = {}
    for variant in variants:
        for name, line in variant.dockerfile.bases.items():
            if name.startswith(PREFIX):
                continue
            place = f"{variant.file.relative_to(ROOT) if variant.file else variant}:{line}"
            names.setdefault(name, place)
    return names


def here(name: str) -> Base | None:
    """The base image of a name, None where the engine does not have it."""
    if not pulls.is_here(name):
        return None
    if stand_in := pulls.stands_in(name):
        return Base(name, stand_in)
    digests = engine.client().images.get(name).attrs.get("RepoDigests") or [""]
    return Base(name, "", digests[0].partition("@")[2])


def ensure(places: dict[str, str], *, renew: bool = False, install: bool = True) -> list[Base]:
    """Have every base image: those that are missing are pulled or, where no registry is reached, stood in for.

    Args:
        places: the names, each with the place that needs it.
        renew: whether those that are here are pulled anew, too; where no registry is reached, they stay.
        install: whether the packages that make stand-ins may be installed on this machine, where they are missing.

    Raises:
        PlimsollError: one can't be had; its name and the place that needs it are told.

    """
    missing = [name for name in places if here(name) is None or _is_outdated(name)]
    pulled = {name for name in (places if renew else missing) if _pulled(name, places[name])}
    if unreachable := [name for name in missing if name not in pulled]:
        _stand_in(unreachable, places, install=install)
    have = [base for name in places if (base := here(name)) is not None]
    _tell(have)
    return have


_told: set[Base] = set()


def _tell(have: list[Base]) -> None:
    """Say where each base came from, once."""
    if new := [base for base in have if base not in _told]:
        _told.update(new)
        say(f"bases: {', '.join(f'{base.name} {base.brief}' for base in new)}")


def _is_outdated(name: str) -> bool:
    """Whether an image here stands in for another, and was made from something else than bases/ holds now."""
    labels = engine.client().images.get(name).labels or {}
    return bool(labels.get(LABEL)) and labels.get(MADE_FROM, made_from(name)) != made_from(name)


def made_from(name: str) -> str:
    """A digest of what a stand-in is made from, beside Debian's packages: its folder, and Debian's own."""
    folders = [ROOT / "bases" / each for each in ("debian", name.partition(":")[0])]
    return inputs.digest(
        slimming=SLIMMING, suite=SUITE, files=[inputs.sources(folder) for folder in folders if folder.is_dir()]
    )


def _pulled(name: str, place: str) -> bool:
    """Whether an image could be pulled; if not, no registry was reached: what one refuses is not stood in for."""
    refusal = pulls.pull(name)
    if refusal is None:
        return True
    if refusal.kind is not Kind.UNREACHED:
        raise PlimsollError(f"{place} needs {name}, and {refusal.cause}", refusal.remedy)
    _say_once(f"{refusal.cause}: bases that are missing are built from Debian's packages (see bases/README.md)")
    return False


@functools.cache
def _say_once(words: str) -> None:
    say(words)


def _stand_in(names: list[str], places: dict[str, str], *, install: bool) -> None:
    targets = stand_ins()
    for name in names:
        if name not in targets:
            raise PlimsollError(
                f"{places[name]} needs {name}: no registry answers and bases/ has no stand-in for it",
                f"use one of {', '.join(sorted(targets))}, or pull it where a registry answers",
            )
    make_inputs(CONTEXT, install=install)
    say(f"building stand-ins for {', '.join(names)}")
    build({name: targets[name] for name in names})


def build(targets: dict[str, str], *settings: str) -> None:
    """Build stand-ins, each with what it is made from on its label.

    Args:
        targets: those of the bake file, by the official names.
        settings: further ones of theirs, as `--set` takes them.

    Raises:
        PlimsollError: one does not build.

    """
    labels = (f"{target}.labels.{MADE_FROM}={made_from(name)}" for name, target in targets.items())
    every = [*settings, *labels, *(f"*.args.{name}" for name in engine.proxies())]
    command = ["docker", "buildx", "bake", "--file", BAKE, *(f"--set={each}" for each in every)]
    command += sorted(targets.values())
    if subprocess.run(command, cwd=ROOT, env=engine.environment(), check=False).returncode != 0:
        raise PlimsollError("a stand-in did not build", "read the lines above, fix bases/, run this again")


def stand_ins() -> dict[str, str]:
    """The official names that bases/ can stand in for, each with its target there.

    Raises:
        PlimsollError: `docker buildx` is missing, or can't read them.

    """
    done = _docker("buildx", "bake", "--file", BAKE, "--print")
    if done.returncode != 0:
        cause = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise PlimsollError(f"{BAKE} can't be read, {cause}", "have a buildx that reads it (`docker buildx version`)")
    targets = json.loads(done.stdout)["target"]
    return {tag: name for name, target in targets.items() for tag in target.get("tags", [])}


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["docker", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PlimsollError("the `docker` command is missing", "install it; `make engine` does on Debian") from error


def repositories() -> set[str]:
    """The official names without their tags, for which bases/ has a folder each."""
    return {folder.name for folder in (ROOT / BAKE).parent.iterdir() if folder.is_dir()}


def make_inputs(context: Path, architecture: str = "", *, install: bool = True) -> None:
    """Make what the stand-in of Debian, on which all others are built, is made of.

    Args:
        context: where it goes.
        architecture: for which it is, if not for the engine's machine.
        install: whether what makes it may be installed on this machine, where it is missing.

    Raises:
        PlimsollError: it can't be made.

    """
    _root_file_system(context, architecture, install=install)
    _certificates(context)


def _root_file_system(context: Path, architecture: str, *, install: bool) -> None:
    """Make Debian's minimal root file system, once: half of all stand-ins is this."""
    tar = context / "rootfs" / "rootfs.tar"
    if tar.exists():
        return
    if not shutil.which("mmdebstrap"):
        missing, remedy = "no container registry answers, and stand-ins need mmdebstrap", "install it, or get a network"
        if not install or packages.distribution() not in {"debian", "ubuntu"}:
            raise PlimsollError(missing, remedy)
        packages.require_allowed(missing, remedy)
        packages.announce(["mmdebstrap"], packages.distribution().capitalize())
        packages.install(["mmdebstrap"])
    tar.parent.mkdir(parents=True, exist_ok=True)
    unfinished = tar.with_name("unfinished.tar")
    options = [f"--dpkgopt={rule}" for rule in SLIMMING]
    if architecture:
        # It would look for a program that no other step here needs; the builder was asked whether emulation works.
        options += [f"--architectures={architecture}", "--skip=check/qemu"]
    with saying(f"making Debian {SUITE}'s root file system{f' for {architecture}' if architecture else ''}"):
        done = subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase", *options, SUITE, str(unfinished)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise PlimsollError(f"mmdebstrap failed: {done.stderr.strip()[-200:]}", "fix that, then run this again")
    unfinished.rename(tar)


def _certificates(context: Path) -> None:
    """Copy the machine's own certificate authorities, which stand-ins must trust to install anything here."""
    folder = context / "certificates"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README").write_text(f"Copied from {CERTIFICATES} of the machine that made the image.\n")
    for certificate in CERTIFICATES.glob("**/*.crt"):
        shutil.copy(certificate, folder / certificate.name)
