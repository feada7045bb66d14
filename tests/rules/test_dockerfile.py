"""Rules about a Dockerfile's text: what BuildKit and hadolint find, under the rules that it belongs to, and our own.

`remarks` are what the linters say that belongs to the rule which asks: plimsoll/texts/linters.py has the table.
"""

import pytest

from plimsoll.findings import forbid
from plimsoll.texts import arguments, downloads, healthcheck, linters, steps

DEVELOPMENT = {"debug", "dev", "devel", "development", "e2e", "lint", "linter", "test", "testing", "tests"}
SSH = 22


def _and(remarks, dockerfile, found):
    """The linters' remarks, and what else is found at lines of which they say nothing."""
    said = {place for place, _ in remarks}
    return [*remarks, *((place, what) for line, what in found if (place := dockerfile.place(line)) not in said)]


def _floats(image):
    """Why an image's name means another image tomorrow, empty where it does not."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if digest or tag not in {"", "latest"}:
        return ""
    return f"`{image}` " + ("is whatever is the latest" if tag else "has no tag, which means the latest")


def test_bases_have_a_fixed_tag(dockerfile, remarks):
    """An image that is built on whatever is the latest is another one tomorrow, and nobody changed a line."""
    found = ((line, why) for image, line in dockerfile.references if (why := _floats(image)))
    forbid(_and(remarks, dockerfile, found), mend="name a version and a distribution, such as `debian:trixie-slim`")


def test_bases_are_pinned_alike(dockerfile):
    """A digest pins one base; the next one without still moves, so that the build is as repeatable as before."""
    pinned = [image for image, _ in dockerfile.references if "@" in image]
    found = [
        (dockerfile.place(line), f"`{image}` has no digest, and `{pinned[0].partition('@')[0]}` has one")
        for image, line in dockerfile.references
        if pinned and "@" not in image
    ]
    forbid(found, mend="give every base a digest, and a bot that renews them, or none")


def test_platform_is_not_fixed(remarks):
    """One Dockerfile serves every architecture, unless a FROM names one: elsewhere the image then needs an emulator."""
    forbid(remarks, mend="leave --platform out, or say `--platform=$BUILDPLATFORM` in a stage that cross-compiles")


def test_stage_names_are_lower_case_and_unique(remarks):
    """`--target` and `--from` find a stage by its name in lower case: one that is shared or reserved finds another."""
    forbid(remarks, mend="give each stage a name of its own, in lower case: `FROM ... AS build`")


def test_instructions_are_cased_alike(remarks):
    """A reader finds the instructions by their capitals."""
    forbid(remarks, mend="write instructions in upper case, AS too")


def test_every_stage_is_needed(dockerfile):
    """A stage that no target needs and that has no name to be built by is never built: it only misleads readers."""
    targets = [stage for stage in dockerfile.stages if stage.name or stage is dockerfile.last]
    needed = {stage.index for target in targets for stage in dockerfile.needed(target)}
    found = [
        (dockerfile.place(stage.line), f"this stage on `{stage.base}` has no name and nothing copies from it")
        for stage in dockerfile.stages
        if stage.index not in needed
    ]
    forbid(found, mend="remove it, copy from it, or name it so that it can be built with --target")


@pytest.mark.deployed
def test_production_is_not_built_on_development(dockerfile):
    """Whatever a development stage holds is in every image built on it: tools, tests, root."""
    found = [
        (dockerfile.place(stage.line), f"`{dockerfile.last.name or 'the last stage'}` is built on `{stage.name}`")
        for stage in dockerfile.lineage(dockerfile.last)[1:]
        if stage.name.lower() in DEVELOPMENT
    ]
    forbid(found, mend="build production on its own base, and development on that or beside it")


def test_commands_are_in_exec_form(remarks):
    """A shell between the engine and the program keeps SIGTERM to itself, and is not there at all on scratch."""
    forbid(remarks, mend='write a JSON array: `CMD ["program", "argument"]`')


def test_one_command_and_one_health_check(remarks):
    """Only the last CMD, ENTRYPOINT or HEALTHCHECK of a stage counts: the others are read, believed and never run."""
    forbid(remarks, mend="leave one of each in a stage; two processes are two containers")


def test_health_check_can_fail(dockerfile):
    """A check that passes whatever happens keeps sending traffic to an app that is down."""
    checks = [each for stage in dockerfile.stages for each in stage.all("HEALTHCHECK")]
    found = [(dockerfile.place(each.line), flaw) for each in checks if (flaw := healthcheck.flaw(each))]
    forbid(found, mend="let it end with the exit code of what it asks: `curl --fail`, and nothing after it")


def test_ports_are_valid_and_ssh_is_not_exposed(dockerfile, remarks):
    """EXPOSE is what others rely on; a shell over the network is `docker exec` with another door to guard."""
    found = [
        (instruction.line, f"EXPOSE {word} opens ssh")
        for stage in dockerfile.stages
        for instruction in stage.all("EXPOSE")
        for word in instruction.words
        if word.partition("/")[0] == str(SSH)
    ]
    forbid(_and(remarks, dockerfile, found), mend="expose the ports that the app listens on, as `8080` or `8080/udp`")


def test_working_directory_is_absolute(remarks):
    """A relative path depends on what stands above it, in the base too: WORKDIR says once where everything happens."""
    forbid(remarks, mend="set an absolute WORKDIR before, instead of `cd`")


def test_files_are_copied_not_added(remarks):
    """ADD unpacks and downloads by what a name looks like; COPY only copies."""
    forbid(remarks, mend="use COPY for files, ADD for an archive to unpack or an address with --checksum")


def test_does_not_use_sudo(remarks):
    """RUN is root already, or USER says otherwise on purpose; sudo is one more program that makes anybody root."""
    forbid(remarks, mend="do it before USER, or change USER for that step")


def test_downloads_are_verified(dockerfile):
    """What is downloaded and run is whatever the server sends on the day of the build, to whoever it likes."""
    found = [(dockerfile.place(line), what) for line, what in downloads.unverified(dockerfile)]
    forbid(
        found, mend="check it before it is used: `ADD --checksum=sha256:...`, or `sha256sum --check` in the same RUN"
    )


def test_does_not_upgrade_the_base(dockerfile, remarks):
    """An upgrade keeps both versions of every file, one hidden; and the result depends on the day."""
    found = [
        (run.line, f"`{command}` upgrades the whole base")
        for stage in dockerfile.stages
        for run in stage.all("RUN")
        for command in steps.commands(run)
        if steps.upgrades(command)
    ]
    mend = "build on a newer tag of the base, with --pull; upgrade a single package by its name"
    forbid(_and(remarks, dockerfile, found), mend=mend)


def test_installs_without_questions_or_extras(remarks):
    """A build can't answer questions, and what is recommended to a desktop is mostly ballast in an image."""
    forbid(remarks, mend="`apt-get install --yes --no-install-recommends`, `-y` for dnf, yum and zypper; not `apt`")


def test_package_lists_are_updated_and_removed_in_one_step(dockerfile, remarks):
    """Lists that are updated in a step of their own come from the cache months later, and then name what is gone."""
    found = [
        (line, f"the lists that are updated here alone are used in line {used}")
        for line, used in steps.stale_lists(dockerfile)
    ]
    mend = "`apt-get update && apt-get install ... && rm -rf /var/lib/apt/lists/*` in one RUN"
    forbid(_and(remarks, dockerfile, found), mend=mend)


def test_keeps_no_package_cache(remarks):
    """What a package manager keeps for the next time lies in the layer, and there is no next time."""
    forbid(remarks, mend="switch the cache off or clean it in the same RUN, or keep it in `--mount=type=cache`")


def test_versions_of_packages_are_pinned(remarks):
    """Without versions the same Dockerfile gives other programs next month."""
    forbid(remarks, mend="name versions, or install from a lock file")


@pytest.mark.deployed
def test_dependencies_come_before_sources(variant, dockerfile):
    """A step runs anew when anything above it changed: installed after the sources, everything is at every edit."""
    found = [
        (dockerfile.place(line), f"`{command}` runs again after every edit, since line {copied} brings all sources")
        for line, command, copied in steps.repeated_installs(dockerfile, variant.folder)
    ]
    forbid(found, mend="copy or bind-mount the manifest and the lock file, install, and only then copy the sources")


def test_pipes_fail_when_a_part_fails(remarks):
    """A pipe's exit code is that of its last command: a download that breaks off goes on as a success."""
    forbid(remarks, mend='`SHELL ["/bin/bash", "-o", "pipefail", "-c"]` before the RUN')


def test_scripts_are_sound(remarks):
    """What ShellCheck finds in a RUN works today and breaks on the first space, empty variable or failing `cd`."""
    forbid(remarks, mend="ShellCheck's wiki explains every number and what to write instead")


def test_variables_are_declared(remarks):
    """A variable that nothing sets is empty, silently: a path loses its middle, a tag its version."""
    forbid(remarks, mend="declare it with ARG or ENV in this stage, above where it is used")


def test_declared_arguments_are_used(dockerfile):
    """An argument that nothing uses takes a value and ignores it: whoever passes one believes that it matters."""
    found = [(dockerfile.place(line), f"nothing uses ARG {name}") for line, name in arguments.unused(dockerfile)]
    forbid(found, mend="remove it; one from above the first FROM has to be declared again in the stage that uses it")


def test_no_secret_in_arguments_or_environment(dockerfile, remarks):
    """Both stay in the image: anybody who has it reads them with `docker history` or `docker inspect`."""
    mend = "`RUN --mount=type=secret` for a build, a secret file or the environment at run time for the app"
    forbid(_and(remarks, dockerfile, arguments.secret_values(dockerfile)), mend=mend)


def test_uses_nothing_deprecated(remarks):
    """What BuildKit warns of today, its next syntax refuses."""
    forbid(remarks, mend="write what replaced it: a label for MAINTAINER, `NAME=value` for `NAME value`")


def test_labels_follow_their_schema(remarks):
    """Registries, scanners and bots read these labels by their schema; what they can't read is as good as missing."""
    forbid(remarks, mend="see the OCI annotations: time as RFC 3339, licence as SPDX, version as semver, full git hash")


def test_docker_build_check_finds_nothing(remarks):
    """BuildKit knows best what it will do with a Dockerfile, and warns of what surprises people."""
    forbid(remarks, mend="mend what `docker build --check` warns of; its reference explains every rule")


def test_hadolint_finds_nothing(variant, remarks):
    """Hadolint knows the habits that cost size, safety or repeatability."""
    if line := linters.unreadable(variant):
        pytest.skip(f"hadolint does not read {line}, and so judges nothing of it")
    forbid(remarks, mend="mend it, or ignore it on that line with the reason: `# hadolint ignore=...`")
