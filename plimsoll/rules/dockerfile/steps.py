"""Rules about the steps of a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.text import downloads, silenced, steps, verification
from plimsoll.findings import broken_at
from plimsoll.parsing.dockerfile import is_development
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.findings import Finding
    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.subject import Variant


@rule(Level.NOTE)
def working_directory_is_absolute(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """A relative path depends on what stands above it, in the base too: WORKDIR says once where everything happens."""
    return broken_at(diagnostics, fix="set an absolute WORKDIR before, instead of `cd`")


@rule(Level.WARNING)
def files_are_copied_not_added(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """ADD unpacks and downloads by what a name looks like; COPY only copies."""
    return broken_at(diagnostics, fix="use COPY for files, ADD for an archive to unpack or an address with --checksum")


@rule(Level.WARNING)
def does_not_use_sudo(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """RUN is root already, or USER says otherwise on purpose; sudo is one more program that makes anybody root."""
    found = [
        (run.line, "NOPASSWD lets a user become root without being asked")
        for stage in dockerfile.stages
        if not is_development(stage.name)
        for run in stage.all("RUN")
        if "NOPASSWD" in run.script
    ]
    fix = "do it before USER, or change USER for that step"
    return broken_at(silenced.beside(diagnostics, dockerfile, found), fix=fix)


@rule(Level.ERROR)
def downloads_are_verified(dockerfile: Dockerfile) -> list[Finding]:
    """What is downloaded and run is whatever the server sends on the day of the build, to whoever it likes."""
    told = [*downloads.unverified(dockerfile), *verification.switched_off(dockerfile)]
    return broken_at(
        [(dockerfile.place(line), what) for line, what in told],
        fix="check it before it is used: `ADD --checksum=sha256:...`, or `sha256sum --check` in the same RUN",
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
    return broken_at(
        silenced.beside(diagnostics, dockerfile, found, same="DL3005 DL3017 DL3031 DL3035 DL3039"), fix=fix
    )


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
    return broken_at(silenced.beside(diagnostics, dockerfile, found, same="DL3009"), fix=fix)


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
    found = silenced.beside(diagnostics, dockerfile, steps.carriage_returns(dockerfile))
    return broken_at(
        found, fix="see ShellCheck's wiki for its numbers; `*Dockerfile* text eol=lf` in .gitattributes for LF"
    )
