"""Another processor's programs: why containers run none here, what is installed when asked, and what it is built on."""

from types import SimpleNamespace

import pytest

from plimsoll import engine
from plimsoll.address import DEFAULT, Address
from plimsoll.errors import PlimsollError
from plimsoll.facts.build.record import Record, Step
from workshop import emulation, foreign, foreign_bases, packages

MAGIC = {
    "qemu-aarch64": "7f454c460201010000000000000000000200b700",
    "qemu-x86_64": "7f454c4602010100000000000000000002003e00",
}
RULE = r":qemu-aarch64:M::\x7f\x45\x4c\x46:\xff\xff\xff\xff:/usr/libexec/qemu-binfmt/aarch64-binfmt-P"


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A Debian without emulation, as root: what its kernel knows and was told, what was installed and said."""
    kernel, configurations = tmp_path / "binfmt_misc", tmp_path / "binfmt.d"
    for folder in (kernel, configurations):
        folder.mkdir()
    for name in ("register", "status"):
        (kernel / name).write_text("enabled\n")
    made = SimpleNamespace(kernel=kernel, flags="OPF", told=[], said=[], installed=[], emulates=False)

    def knows(name, flags, state="enabled"):
        told = f"{state}\ninterpreter /usr/bin/{name}-static\nflags: {flags}\noffset 0\nmagic {MAGIC[name]}\n"
        (kernel / name).write_text(told)

    def write(file, words):
        made.told.append((file.name, words))
        if words == "-1":
            file.unlink()
        else:
            knows("qemu-aarch64", words.rpartition(":")[2])

    def install(names):
        made.installed += names
        (configurations / "qemu-aarch64.conf").write_text(f"{RULE}:{made.flags}\n")

    made.knows = knows
    monkeypatch.setattr(emulation, "KERNEL", kernel)
    monkeypatch.setattr(emulation, "CONFIGURATIONS", configurations)
    monkeypatch.setattr(emulation, "_write", write)
    monkeypatch.setattr(emulation, "_platforms", lambda: ["linux/amd64", *["linux/arm64"] * made.emulates])
    monkeypatch.setattr(emulation, "tell", made.said.append)
    monkeypatch.setattr(packages, "tell", made.said.append)
    monkeypatch.setattr(packages, "install", install)
    monkeypatch.setattr(packages, "distribution", lambda: "debian")
    monkeypatch.setattr(engine, "where", lambda: Address(DEFAULT))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.delenv(packages.ENVIRONMENT, raising=False)
    return made


def test_it_is_told_then_installed_then_registered(machine):
    emulation.ensure("arm64")
    announced, told = machine.said
    assert announced.startswith("qemu-user-static will be installed from Debian; to undo it: apt-get purge")
    assert told.endswith(f"to undo it: echo -1 > {machine.kernel}/qemu-aarch64")
    assert machine.installed == ["qemu-user-static"]
    assert machine.told == [("register", f"{RULE}:OPF")]


def test_what_a_package_registers_without_the_flag_is_registered_with_it(machine):
    machine.flags = "OP"
    emulation.ensure("arm64")
    assert machine.told == [("register", f"{RULE}:OPF")]


def test_an_entry_without_the_flag_is_replaced_and_that_is_told(machine):
    machine.knows("qemu-aarch64", "PO")
    emulation.ensure("arm64")
    assert machine.told == [("qemu-aarch64", "-1"), ("register", f"{RULE}:OPF")]
    assert any("is replaced" in words and "lacks flag F" in words for words in machine.said)


def test_what_is_there_is_left_alone(machine):
    machine.emulates = True
    emulation.ensure("arm64")
    assert (machine.said, machine.installed, machine.told) == ([], [], [])
    assert emulation.missing("arm64") is None


@pytest.mark.parametrize(
    ("flags", "state", "words"),
    [
        ("PO", "enabled", "qemu-aarch64 lacks flag F, without which no container finds the emulator"),
        ("POF", "disabled", "qemu-aarch64 is disabled"),
        (None, "", "names no emulator of it"),
    ],
)
def test_why_it_is_missing_is_one_line_with_a_remedy(machine, flags, state, words):
    machine.knows("qemu-x86_64", "POF")
    if flags:
        machine.knows("qemu-aarch64", flags, state)
    said = str(emulation.missing("arm64"))
    assert said.startswith("linux/arm64 is not emulated here: ")
    assert words in said
    assert "`make test PLATFORM=linux/arm64` as root on Debian" in said
    assert "\n" not in said


def test_only_this_machines_kernel_can_be_asked(machine, monkeypatch):
    monkeypatch.setattr(engine, "where", lambda: Address("tcp://198.51.100.7:2376"))
    with pytest.raises(PlimsollError, match="the engine is another machine's"):
        emulation.ensure("arm64")
    assert (machine.said, machine.installed, machine.told) == ([], [], [])


@pytest.mark.parametrize("lacking", ["a root", "a Debian", "permission"])
def test_nothing_is_done_where_it_must_not(machine, monkeypatch, lacking):
    if lacking == "a root":
        monkeypatch.setattr("os.geteuid", lambda: 1000)
    elif lacking == "a Debian":
        monkeypatch.setattr(packages, "distribution", lambda: "fedora")
    else:
        monkeypatch.setenv(packages.ENVIRONMENT, "0")
    with pytest.raises(PlimsollError, match="linux/arm64 is not emulated here"):
        emulation.ensure("arm64")
    assert (machine.said, machine.installed, machine.told) == ([], [], [])


def test_what_the_kernel_has_the_builder_need_not_know(machine):
    machine.knows("qemu-aarch64", "POF")
    assert emulation.missing("arm64") is None


@pytest.mark.usefixtures("machine")
def test_what_the_kernel_does_not_take_is_told(monkeypatch):
    monkeypatch.setattr(emulation, "_write", lambda *_: None)
    with pytest.raises(PlimsollError, match="linux/arm64 is not emulated here"):
        emulation.ensure("arm64")


def test_a_platform_that_is_not_built_beside_this_one_is_told(monkeypatch):
    monkeypatch.setattr(engine, "architecture", lambda: "amd64")
    assert foreign.architecture() == foreign.architecture("linux/arm64") == "arm64"
    for platform in ("linux/amd64", "linux/riscv64", "arm64"):
        with pytest.raises(PlimsollError, match=rf"^PLATFORM={platform} .*: name linux/arm64$"):
            foreign.architecture(platform)


@pytest.mark.engine
def test_only_what_ends_up_on_the_platform_is_stood_in_for_there():
    needed = {variant.app: [*foreign_bases.wanted(variant)] for variant in foreign.variants("arm64")}
    assert needed == {
        "go-gin": [],
        "go-translate": [],
        "catweb": ["python:3.13-slim-trixie"],
        "rust-cli": ["rust:1.96-slim-trixie"],
    }


@pytest.mark.engine
def test_stand_ins_for_it_have_names_of_their_own(machine, monkeypatch):
    machine.emulates = True
    (rust,) = foreign.variants("arm64", ["rust-cli"])
    made = []
    monkeypatch.setattr(engine, "environment", dict)
    monkeypatch.setattr(foreign_bases.bases, "ensure", lambda _: [])
    monkeypatch.setattr(foreign_bases.pulls, "stands_in", lambda _: "Debian")
    monkeypatch.setattr(foreign_bases, "_is_here", lambda *_: False)
    monkeypatch.setattr(foreign_bases.bases, "make_inputs", lambda *_: None)
    monkeypatch.setattr(foreign_bases.bases, "stand_ins", lambda: {"rust:1.96-slim-trixie": "rust"})
    monkeypatch.setattr(
        foreign_bases.bases.subprocess,
        "run",
        lambda command, **_: made.append(command) or SimpleNamespace(returncode=0),
    )
    assert foreign_bases.contexts(rust, "arm64") == {
        "rust:1.96-slim-trixie::linux/arm64": "docker-image://plimsoll/rust:1.96-slim-trixie-arm64"
    }
    (command,) = made
    assert "--set=*.platform=linux/arm64" in command
    assert "--set=rust.tags=plimsoll/rust:1.96-slim-trixie-arm64" in command
    monkeypatch.setattr(foreign_bases.pulls, "stands_in", lambda _: "")
    assert foreign_bases.contexts(rust, "arm64") == {}, "the builder pulls an official image for any platform"


@pytest.mark.usefixtures("machine")
def test_without_emulation_no_stand_in_is_begun():
    with pytest.raises(PlimsollError, match="linux/arm64 is not emulated here"):
        foreign_bases._make(["rust:1.96-slim-trixie"], "arm64")


def test_an_app_that_is_not_proved_elsewhere_is_told():
    with pytest.raises(PlimsollError, match="`node-web` is not proved on another platform"):
        foreign.variants("arm64", ["node-web"])


@pytest.mark.engine
def test_the_seconds_under_emulation_are_those_of_commands_on_the_platform():
    rust, go = foreign.variants("arm64", ["rust-cli", "go-gin"])
    steps = {
        "[base 4/4] RUN mkdir src": 1.0,
        "[rust-cli-prod deps  1/1] RUN cargo build": 20.0,
        "[build 1/2] COPY src/ src/": 300.0,
        "[build 2/2] RUN cargo build": 4000.0,
        "[internal] load build definition": 50000.0,
    }
    record = Record(steps={name: Step(name, seconds=seconds) for name, seconds in steps.items()})
    assert foreign.emulated(record, rust) == 4021
    assert foreign.emulated(record, go) == 0, "it is compiled on the builder's own"
    record.steps["[build 2/2] RUN cargo build"].cached = True
    assert foreign.emulated(record, rust) == 21
