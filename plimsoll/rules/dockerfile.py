"""Rules about a Dockerfile's text: what BuildKit and hadolint find, under the rules that it belongs to, and our own.

`diagnostics` are what hadolint says, with BuildKit where an engine answers, `build_checks` what BuildKit alone can say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll import references
from plimsoll.errors import NotJudgedError
from plimsoll.facts.text import arguments, downloads, healthcheck, linters, silenced, steps
from plimsoll.findings import broken_at
from plimsoll.parsing.dockerfile import is_development
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.findings import Finding
    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.subject import Variant


def _and(
    diagnostics: list[tuple[str, str]], dockerfile: Dockerfile, found: Iterable[tuple[int, str]], same: str = ""
) -> list[tuple[str, str]]:
    """What the linters say, and what else is found where they say nothing and none of the `same` codes is ignored."""
    said = {place for place, _ in diagnostics} | set(map(dockerfile.place, silenced.lines(dockerfile, same.split())))
    return [*diagnostics, *((place, what) for line, what in found if (place := dockerfile.place(line)) not in said)]


@rule(Level.WARNING)
def bases_have_a_fixed_tag(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """An image that is built on whatever is the latest is another one tomorrow, and nobody changed a line."""
    found = (
        (line, f"`{image}` {why}") for image, line in dockerfile.references if (why := references.parse(image).moves)
    )
    return broken_at(
        _and(diagnostics, dockerfile, found, same="DL3006 DL3007"),
        fix="name a release line and a distribution, such as `python:3.13-slim-trixie` or `debian:trixie-slim`",
    )


@rule(Level.NOTE)
def bases_are_pinned_alike(dockerfile: Dockerfile) -> list[Finding]:
    """A digest pins one base; the next one without still moves, so that the build is as repeatable as before."""
    pinned = [image for image, _ in dockerfile.references if references.parse(image).digest]
    found = [
        (dockerfile.place(line), f"`{image}` has no digest, and `{pinned[0].partition('@')[0]}` has one")
        for image, line in dockerfile.references
        if pinned and not references.parse(image).digest
    ]
    return broken_at(found, fix="give every base a digest, and a bot that renews them, or none")


@rule(Level.WARNING)
def platform_is_not_fixed(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """One Dockerfile serves every architecture, unless a FROM names one: elsewhere the image then needs an emulator."""
    return broken_at(
        diagnostics, fix="leave --platform out, or say `--platform=$BUILDPLATFORM` in a stage that cross-compiles"
    )


@rule(Level.WARNING)
def stage_names_are_lower_case_and_unique(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """`--target` and `--from` find a stage by its name in lower case: one that is shared or reserved finds another."""
    return broken_at(diagnostics, fix="give each stage a name of its own, in lower case: `FROM ... AS build`")


@rule(Level.NOTE)
def instructions_are_cased_alike(build_checks: list[tuple[str, str]]) -> list[Finding]:
    """A reader finds the instructions by their capitals."""
    return broken_at(build_checks, fix="write instructions in upper case, AS too")


@rule(Level.WARNING)
def every_stage_is_needed(dockerfile: Dockerfile) -> list[Finding]:
    """A stage that no target needs and that has no name to be built by is never built: it only misleads readers."""
    targets = [stage for stage in dockerfile.stages if stage.name or stage is dockerfile.last]
    needed = {stage.index for target in targets for stage in dockerfile.needed(target)}
    found = [
        (dockerfile.place(stage.line), f"this stage on `{stage.base}` has no name and nothing copies from it")
        for stage in dockerfile.stages
        if stage.index not in needed
    ]
    return broken_at(found, fix="remove it, copy from it, or name it so that it can be built with --target")


@rule(Level.ERROR, production=True)
def production_is_not_built_on_development(dockerfile: Dockerfile) -> list[Finding]:
    """Whatever a development stage holds is in every image built on it: tools, tests, root."""
    last = dockerfile.last
    lineage = [] if is_development(last.name) else dockerfile.lineage(last)
    name = f"`{last.name}`" if last.name else "the last stage"
    found = [(stage.line, f"`{stage.name}`") for stage in lineage[1:] if is_development(stage.name)]
    tags = [(root, references.parse(root.base).tag.split("-")) for root in lineage[-1:]]
    found += [(root.line, f"`{root.base}`, which is there to debug with") for root, tag in tags if "debug" in tag]
    return broken_at(
        [(dockerfile.place(line), f"{name} is built on {what}") for line, what in found],
        fix="build production on its own base, and development on that or beside it",
    )


@rule(Level.WARNING)
def commands_are_in_exec_form(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """A shell between the engine and the program keeps SIGTERM to itself, and is not there at all on scratch."""
    return broken_at(diagnostics, fix='write a JSON array: `CMD ["program", "argument"]`')


@rule(Level.ERROR)
def one_command_and_one_health_check(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """Only the last CMD, ENTRYPOINT or HEALTHCHECK of a stage counts: the others are read, believed and never run."""
    return broken_at(diagnostics, fix="leave one of each in a stage; two processes are two containers")


@rule(Level.ERROR)
def health_check_can_fail(dockerfile: Dockerfile) -> list[Finding]:
    """A check that passes whatever happens keeps sending traffic to an app that is down."""
    found = healthcheck.flaws(dockerfile, healthcheck.cannot_fail)
    return broken_at(found, fix="let it end with the exit code of what it asks: `curl --fail`, and nothing after it")


@rule(Level.ERROR)
def health_check_can_pass(dockerfile: Dockerfile) -> list[Finding]:
    """A check that fails however well the app is has it restarted for ever, and nothing that waits for it starts."""
    found = healthcheck.flaws(dockerfile, healthcheck.cannot_pass)
    return broken_at(found, fix="write what a shell is to read as a line, `CMD curl --fail ... || exit 1`, no array")


@rule(Level.ERROR)
def ports_are_valid_and_ssh_is_not_exposed(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """EXPOSE is what others rely on; a shell over the network is `docker exec` with another door to guard."""
    found = [
        (instruction.line, f"EXPOSE {word} opens ssh")
        for stage in dockerfile.stages
        for instruction in stage.all("EXPOSE")
        for word in instruction.words
        if word.partition("/")[0] == "22"
    ]
    return broken_at(
        _and(diagnostics, dockerfile, found), fix="expose the ports that the app listens on, as `8080` or `8080/udp`"
    )


@rule(Level.NOTE)
def working_directory_is_absolute(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """A relative path depends on what stands above it, in the base too: WORKDIR says once where everything happens."""
    return broken_at(diagnostics, fix="set an absolute WORKDIR before, instead of `cd`")


@rule(Level.WARNING)
def files_are_copied_not_added(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """ADD unpacks and downloads by what a name looks like; COPY only copies."""
    return broken_at(diagnostics, fix="use COPY for files, ADD for an archive to unpack or an address with --checksum")


@rule(Level.WARNING)
def does_not_use_sudo(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """RUN is root already, or USER says otherwise on purpose; sudo is one more program that makes anybody root."""
    return broken_at(diagnostics, fix="do it before USER, or change USER for that step")


@rule(Level.ERROR)
def downloads_are_verified(dockerfile: Dockerfile) -> list[Finding]:
    """What is downloaded and run is whatever the server sends on the day of the build, to whoever it likes."""
    found = [(dockerfile.place(line), what) for line, what in downloads.unverified(dockerfile)]
    return broken_at(
        found, fix="check it before it is used: `ADD --checksum=sha256:...`, or `sha256sum --check` in the same RUN"
    )


@rule(Level.WARNING)
def does_not_upgrade_the_base(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """An upgrade keeps both versions of every file, one hidden; and the result depends on the day."""
    found = [
        (run.line, f"`{command}` upgrades the whole base")
        for stage in dockerfile.stages
        for run in stage.all("RUN")
        for command in steps.commands(run)
        if steps.upgrades(command)
    ]
    fix = "build on a newer tag of the base, with --pull; upgrade a single package by its name"
    return broken_at(_and(diagnostics, dockerfile, found, same="DL3005 DL3017 DL3031 DL3035 DL3039"), fix=fix)


@rule(Level.WARNING)
def installs_without_questions_or_extras(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """A build can't answer questions, and what is recommended to a desktop is mostly ballast in an image."""
    return broken_at(
        diagnostics, fix="`apt-get install --yes --no-install-recommends`, `-y` for dnf, yum and zypper; not `apt`"
    )


@rule(Level.WARNING)
def package_lists_are_updated_and_removed_in_one_step(
    dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]
) -> list[Finding]:
    """Lists that are updated in a step of their own come from the cache months later, and then name what is gone."""
    found = [
        (line, f"the lists that are updated here alone are used in line {used}")
        for line, used in steps.stale_lists(dockerfile)
    ]
    fix = "`apt-get update && apt-get install ... && rm -rf /var/lib/apt/lists/*` in one RUN"
    return broken_at(_and(diagnostics, dockerfile, found, same="DL3009"), fix=fix)


@rule(Level.WARNING)
def keeps_no_package_cache(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """What a package manager keeps for the next time lies in the layer, and there is no next time."""
    return broken_at(
        diagnostics, fix="switch the cache off or clean it in the same RUN, or keep it in `--mount=type=cache`"
    )


@rule(Level.NOTE)
def versions_of_packages_are_pinned(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """Without versions the same Dockerfile gives other programs next month."""
    return broken_at(diagnostics, fix="name versions, or install from a lock file")


@rule(Level.WARNING, production=True)
def dependencies_come_before_sources(subject: Variant, dockerfile: Dockerfile) -> list[Finding]:
    """A step runs anew when anything above it changed: installed after the sources, everything is at every edit."""
    found = [
        (
            dockerfile.place(line),
            f"`{command}` runs again after every edit, since line {incremental_build} brings all sources",
        )
        for line, command, incremental_build in steps.repeated_installs(dockerfile, subject.folder)
    ]
    return broken_at(
        found, fix="copy or bind-mount the manifest and the lock file, install, and only then copy the sources"
    )


@rule(Level.WARNING)
def pipes_fail_when_a_part_fails(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """A pipe's exit code is that of its last command: a download that breaks off goes on as a success."""
    return broken_at(diagnostics, fix='`SHELL ["/bin/bash", "-o", "pipefail", "-c"]` before the RUN')


@rule(Level.WARNING)
def scripts_are_sound(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """What ShellCheck finds in a RUN works today and breaks on the first space, empty variable or failing `cd`."""
    found = _and(diagnostics, dockerfile, steps.carriage_returns(dockerfile))
    return broken_at(
        found, fix="see ShellCheck's wiki for its numbers; `*Dockerfile* text eol=lf` in .gitattributes for LF"
    )


@rule(Level.ERROR)
def variables_are_declared(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """A variable that nothing sets is empty, silently: a path loses its middle, a tag its version."""
    return broken_at(diagnostics, fix="declare it with ARG or ENV in this stage, above where it is used")


@rule(Level.WARNING)
def declared_arguments_are_used(dockerfile: Dockerfile) -> list[Finding]:
    """An argument that nothing uses takes a value and ignores it: whoever passes one believes that it matters."""
    found = [(dockerfile.place(line), f"nothing uses ARG {name}") for line, name in arguments.unused(dockerfile)]
    return broken_at(
        found, fix="remove it; one from above the first FROM has to be declared again in the stage that uses it"
    )


@rule(Level.ERROR)
def no_secret_in_arguments_or_environment(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """Both stay in the image: anybody who has it reads them with `docker history` or `docker inspect`."""
    fix = "`RUN --mount=type=secret` for a build, a secret file or the environment at run time for the app"
    return broken_at(_and(diagnostics, dockerfile, arguments.secrets(dockerfile)), fix=fix)


@rule(Level.WARNING)
def uses_nothing_deprecated(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """What BuildKit warns of today, its next syntax refuses."""
    return broken_at(diagnostics, fix="write what replaced it: a label for MAINTAINER, `NAME=value` for `NAME value`")


@rule(Level.NOTE)
def labels_follow_their_schema(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """Registries, scanners and bots read these labels by their schema; what they can't read is as good as missing."""
    return broken_at(
        diagnostics, fix="see the OCI annotations: time as RFC 3339, licence as SPDX, version as semver, full git hash"
    )


@rule(Level.WARNING)
def docker_build_check_finds_nothing(build_checks: list[tuple[str, str]]) -> list[Finding]:
    """BuildKit knows best what it will do with a Dockerfile, and warns of what surprises people."""
    return broken_at(build_checks, fix="fix what `docker build --check` warns of; its reference explains every rule")


@rule(Level.WARNING)
def hadolint_finds_nothing(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """Hadolint knows the habits that cost size, safety or repeatability."""
    if line := linters.unreadable(dockerfile):
        raise NotJudgedError(f"hadolint does not read {line}, and so judges nothing of it")
    return broken_at(diagnostics, fix="fix it, or ignore it on that line with the reason: `# hadolint ignore=...`")
