"""`--output FORMAT=FILE`: one run serves all, each file is whole or not there, and what can't be is told first."""

import json
import os
import subprocess
import sys

import pytest

from plimsoll.commands import outputs
from plimsoll.commands.formats import FORMATS
from plimsoll.errors import PlimsollError

pytestmark = pytest.mark.xdist_group("check")

NAIVE = 'FROM busybox:1.37-musl\nADD Dockerfile /Dockerfile\nUSER 65532:65532\nCMD ["cat", "/hello"]\n'
ONE = ["--depth=image", "--quiet", "--rule=files_are_copied_not_added"]


@pytest.fixture
def naive(tmp_path):
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text(NAIVE)
    return folder


def test_one_run_serves_all(check, naive):
    """And gives text to who reads along."""
    done = check(naive, *ONE, *(f"--output={name}=out/{name}" for name in FORMATS), folder=naive.parent)
    assert (done.code, done.errors) == (1, ""), done.said
    written = {each.name: each.read_text() for each in (naive.parent / "out").iterdir()}
    assert set(written) == set(FORMATS)
    assert all("files_are_copied_not_added" in text for text in written.values())
    assert done.said == written["text"]


def test_another_format_takes_the_place_of_text(check, naive):
    for words in ("json", "json=-"):
        done = check(naive, *ONE, f"--output={words}")
        assert json.loads(done.said)["summary"]["warning"] == 1


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["xml"], "there is no format `xml`: there are text, json, "),
        (["jsn=x"], "there is no format `jsn`: do you mean `json`? "),
        (["=x"], "there is no format ``: "),
        (["json="], "`--output json=` names no file: "),
        (["json", "text"], "json and text both go to standard output: "),
        (["json=-", "text=-"], "json and text both go to standard output: "),
        (["json=x", "sarif=./x"], "json and sarif both go to ./x: "),
        (["json=."], ". can't be written, it is a folder: "),
        (["json=app/Dockerfile/x"], "app/Dockerfile/x can't be written, "),
        (["json=/proc/nowhere/x"], "/proc/nowhere/x can't be written, "),
        (["json=loop"], "loop can't be written, "),
        ([f"json={'x' * 300}"], "x can't be written, "),
    ],
)
def test_what_cannot_be_written_is_told_in_one_line_before_anything_is_judged(check, naive, words, cause):
    (naive.parent / "loop").symlink_to("loop")
    before = sorted(naive.parent.rglob("*"))
    done = check(naive, *(f"--output={each}" for each in words), folder=naive.parent)
    assert (done.code, done.said) == (2, ""), done.errors
    assert cause in done.errors
    assert done.errors.count("\n") == 1
    assert "building" not in done.errors
    assert sorted(naive.parent.rglob("*")) == before


def test_nothing_is_there_before_it_is_whole(tmp_path):
    wanted = outputs.of([f"json={tmp_path}/a/b/x.json"])
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "old").write_text("as it was")
    wanted = outputs.of([f"json={tmp_path}/old"])

    def fails(_):
        assert (tmp_path / "old").read_text() == "as it was"
        raise OSError(28, "No space left on device")

    assert not outputs.write(wanted, fails)
    assert [each.name for each in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old").read_text() == "as it was"


def test_a_file_that_cannot_be_written_in_the_end_is_told_and_the_others_are_written(tmp_path, capsys):
    wanted = outputs.of([f"json={tmp_path}/gone/x", f"sarif={tmp_path}/x"])
    (tmp_path / "gone").write_text("a file now")
    assert not outputs.write(wanted, lambda name: name)
    assert (tmp_path / "x").read_text() == "sarif"
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"plimsoll: {tmp_path}/gone/x can't be written, ")


def test_who_reads_the_old_file_meanwhile_is_given_all_of_it(tmp_path):
    (tmp_path / "x").write_text("as it was")
    with (tmp_path / "x").open() as reader:
        assert outputs.write(outputs.of([f"json={tmp_path}/x"]), lambda name: name)
        assert reader.read() == "as it was"
    assert (tmp_path / "x").read_text() == "json"


def test_a_link_stays_and_leads_to_what_is_written(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert outputs.write(outputs.of([f"json={tmp_path}/link"]), lambda name: name)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "json"


def test_a_pipe_or_a_device_is_written_into(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE, text=True) as reader:
        assert outputs.write(outputs.of([f"json={tmp_path}/pipe", "text=/dev/null"]), lambda name: name)
        assert reader.communicate()[0] == "json"
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("standard", ["pipe", "file"])
def test_standard_output_by_its_path_is_not_replaced(tmp_path, standard):
    code = (
        "from plimsoll.commands import outputs;"
        "outputs.write(outputs.of(['json=/dev/stdout']), lambda name: name); print(', and more')"
    )
    with (tmp_path / "out").open("w+") as file:
        stdout = subprocess.PIPE if standard == "pipe" else file
        done = subprocess.run([sys.executable, "-u", "-c", code], stdout=stdout, text=True, check=True)
        said = done.stdout if standard == "pipe" else (tmp_path / "out").read_text()
    assert "and more" in said


def test_the_folder_of_a_file_is_made(tmp_path):
    assert outputs.write(outputs.of([f"json={tmp_path}/a/b/c"]), lambda name: name)
    assert (tmp_path / "a/b/c").read_text() == "json"


def test_letters_that_the_terminal_has_not_are_no_fault(check, naive):
    done = check(naive, *ONE, "--output=markdown", PYTHONIOENCODING="ascii")
    assert (done.code, done.errors) == (1, "")
    assert "files_are_copied_not_added" in done.said


@pytest.mark.parametrize(("more", "code"), [(["--output=sarif=x.sarif"], 1), ([], 141)], ids=["files", "no file"])
def test_files_are_written_for_a_reader_that_has_gone(naive, more, code):
    command = [sys.executable, "-m", "plimsoll", "check", str(naive), *ONE, *more]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(command, cwd=naive.parent, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (code, "")
    written = [json.loads(each.read_text())["runs"][0]["results"] for each in naive.parent.glob("x.sarif")]
    assert len(written) == len(more)
    assert all(written)


@pytest.mark.parametrize(
    ("level", "code"), [("error", 0), ("warning", 1), ("note", 1)], ids=["error", "warning", "note"]
)
def test_the_run_fails_from_the_level_on_that_is_asked_for(check, naive, level, code):
    assert check(naive, *ONE, f"--fail-on={level}").code == code


def test_a_note_fails_the_run_where_that_is_asked_for_alone(check, image):
    asked = [image('FROM busybox:1.37-musl\nUSER 65532:65532\nCMD ["cat"]\n'), "--rule=has_no_shell", "--quiet"]
    assert [check(*asked, *more).code for more in ([], ["--verbose"], ["--fail-on=note"])] == [0, 0, 1]


def test_a_level_that_is_none_is_refused(check):
    done = check(".", "--fail-on=fatal")
    assert done.code == 2
    assert "'error', 'warning', 'note'" in done.errors


def test_the_outputs_of_a_command_are_where_they_were_asked_for(tmp_path):
    wanted = outputs.of([f"sarif={tmp_path}/a", "markdown"])
    assert (wanted.shown, wanted.files) == ("markdown", {(tmp_path / "a").resolve(): "sarif"})
    assert outputs.of([]).shown == "text"
    with pytest.raises(PlimsollError):
        outputs.of(["none"])
