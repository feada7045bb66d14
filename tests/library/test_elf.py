"""Link facts, against programs compiled here."""

import shutil
import subprocess
from pathlib import Path

import pytest

from plimsoll.facts.image import elf

SOURCE = "int main(void) { return 0; }"


def compiled(folder, *flags):
    if not shutil.which("gcc"):
        pytest.skip("gcc is missing, which programs are compiled with here")
    program = folder / "program"
    subprocess.run(["gcc", "-x", "c", "-", "-o", program, *flags], input=SOURCE.encode(), check=True)
    return elf.read(program.read_bytes())


def test_a_dynamic_program_names_its_loader_and_libraries(tmp_path):
    facts = compiled(tmp_path, "-pie")
    assert not facts.static
    assert facts.executable
    assert "ld-linux" in facts.interpreter
    assert "libc.so.6" in facts.needed


@pytest.mark.parametrize("flag", ["-static", "-static-pie"])
def test_a_static_program_asks_for_nothing(tmp_path, flag):
    facts = compiled(tmp_path, flag)
    assert facts.static
    assert facts.executable


def test_a_library_is_no_program(tmp_path):
    facts = compiled(tmp_path, "-shared", "-fPIC", "-Wl,-rpath,$ORIGIN/lib:/opt")
    assert not facts.executable
    assert facts.run_path == ("$ORIGIN/lib", "/opt")


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", b"\x7fELF", b"\x7fELF" + b"\xff" * 200])
def test_what_is_no_whole_elf_file_is_none(content):
    assert elf.read(content) is None


@pytest.mark.parametrize("name", ["sh", "bash"])
def test_a_shell_is_one_whatever_it_is_called(name):
    assert elf.read(Path(shutil.which(name)).read_bytes()).is_shell


@pytest.mark.parametrize("name", ["cat", "env", "grep"])
def test_another_program_is_no_shell(name):
    assert not elf.read(Path(shutil.which(name)).read_bytes()).is_shell
