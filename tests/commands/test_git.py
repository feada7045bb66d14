"""The repository's files are asked of git: where it does not tell them, one line says why and what helps."""

import os
import shutil
import subprocess
import sys

import pytest

from plimsoll import folders
from plimsoll.errors import PlimsollError
from workshop import fingerprint
from workshop.root import ROOT

WITHOUT_OTHERS = {"GIT_CEILING_DIRECTORIES": "/", "GIT_CONFIG_GLOBAL": os.devnull}


def _git(folder, *arguments):
    subprocess.run(["git", "-C", folder, *arguments], capture_output=True, check=True)


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "clone"
    folder.mkdir()
    _git(folder, "init")
    return folder


@pytest.fixture(scope="module")
def download(tmp_path_factory):
    """The repository as a ZIP file of it holds it: without .git."""
    folder = tmp_path_factory.mktemp("download")
    for name in fingerprint.files():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    return folder


def test_what_git_ignores_is_left_out_and_odd_names_are_kept(clone):
    (clone / ".gitignore").write_text("*.log\n")
    for name in ("a\nb", "ñ", "with space", "x.log", "committed"):
        (clone / name).write_text("")
    _git(clone, "add", "committed")
    assert set(folders.tracked(clone)) == {".gitignore", "a\nb", "ñ", "with space", "committed"}


def test_a_folder_within_a_clone_names_its_own_files(clone):
    (clone / "within").mkdir()
    (clone / "within/file").write_text("")
    (clone / "beside").write_text("")
    assert folders.tracked(clone / "within") == ("file",)


def test_a_folder_that_is_no_clone_is_told(tmp_path):
    with pytest.raises(PlimsollError, match="is no git clone: get it by `git clone`, or .*git -C .* init"):
        folders.tracked(tmp_path)


def test_a_clone_of_another_user_is_told_with_the_way_to_trust_it(clone, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(PlimsollError, match=f"belongs to another user.*--add safe.directory {clone}`"):
        folders.tracked(clone / ".")


def test_the_whole_clone_is_to_be_trusted_where_a_folder_of_it_is_asked_for(clone, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    (clone / "within").mkdir()
    with pytest.raises(PlimsollError, match=f"git refuses {clone}, .*--add safe.directory {clone}`"):
        folders.tracked(clone / "within")


def test_a_folder_that_the_clone_around_it_ignores_is_told(clone):
    (clone / ".gitignore").write_text("downloads/\n")
    (clone / "downloads").mkdir()
    (clone / "downloads/file").write_text("")
    with pytest.raises(PlimsollError, match="git knows no file of .*: a clone around it ignores it"):
        folders.tracked(clone / "downloads")


def test_git_that_is_missing_is_told(clone, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlimsollError, match="the `git` command is missing: install git"):
        folders.tracked(clone)


@pytest.mark.parametrize("arguments", [["lint"], ["build", "--app=rust-cli"], ["test", "--app=rust-cli"]], ids=str)
def test_a_download_without_git_is_told_in_one_line(download, arguments):
    done = subprocess.run(
        [sys.executable, "-m", "workshop", *arguments],
        cwd=download,
        env={**os.environ, **WITHOUT_OTHERS, "PYTHONPATH": str(download)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    said = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 2, said
    assert said[-1].startswith(f"plimsoll: {download} is no git clone: ")
    assert not [line for line in said if line.startswith("Traceback")]
