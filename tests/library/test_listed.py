"""The repository's own files, told without git: the same that git would tell, where there is one."""

import itertools
import os
import random
import shutil

import pytest

from plimsoll.errors import PlimsollError
from workshop import listed
from workshop.root import ROOT


@pytest.fixture
def tree(tmp_path):
    """Write empty files, and ignore files with their content."""

    def write(*names, **ignored):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        for folder, text in ignored.items():
            (tmp_path / folder.replace("top", ".") / ".gitignore").write_text(text)
        return tmp_path

    return write


def told(folder, top=None):
    return [name for name in listed.files(folder, top or folder) if not name.endswith(".gitignore")]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("b", ["a", "c/d.x", "c/e/f"]),
        ("/b", ["a", "c/b", "c/d.x", "c/e/f"]),
        ("c/", ["a", "b"]),
        ("b/", ["a", "b", "c/b", "c/d.x", "c/e/f"]),
        ("*.x", ["a", "b", "c/b", "c/e/f"]),
        ("c/*", ["a", "b"]),
        ("**/f", ["a", "b", "c/b", "c/d.x"]),
        ("c/**", ["a", "b"]),
        ("c/**/f", ["a", "b", "c/b", "c/d.x"]),
        ("[a-b]", ["c/d.x", "c/e/f"]),
        ("[!a]\n!c\n!e", ["a", "c/d.x"]),
        ("# b\n\\#b\n\n", ["a", "b", "c/b", "c/d.x", "c/e/f"]),
        ("b \n", ["a", "c/d.x", "c/e/f"]),
    ],
)
def test_a_line_leaves_out_what_it_would_for_git(tree, git, line, left):
    folder = tree("a", "b", "c/b", "c/d.x", "c/e/f", top=line)
    assert told(folder) == left
    git(folder, "init")
    assert said(folder, git) == listed.files(folder, folder)


def said(folder, git):
    """What git says of a folder."""
    names = git(folder, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    return tuple(sorted(filter(None, names)))


def test_whatever_is_ignored_and_taken_back_git_says_the_same(tmp_path, git):
    """Ignore files at random, one above the other."""
    chance = random.Random(1)  # noqa: S311 - nothing secret is made of it
    names = ["a", "b.log", "ab", "[x]", "ñ", "two words"]
    lines = [*names, "*", "*.log", "a*", "?b", "[ab]*", "/a", "a/", "**/a", "a/**", "a/**/b.log", "b*/a", "#", r"\[x]"]
    for number in range(40):
        folder = tmp_path / str(number)
        for path in itertools.chain(names, itertools.product(names[:3], names), itertools.product(names[:2], repeat=3)):
            file = folder / (path if isinstance(path, str) else "/".join(f"in-{part}" for part in path[:-1]))
            if not isinstance(path, str):
                file /= path[-1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        for where in (folder, folder / "in-a"):
            chosen = [chance.choice(["", "", "!"]) + chance.choice(lines).replace("a/", "in-a/") for _ in range(4)]
            (where / ".gitignore").write_text("\n".join(chosen))
        git(folder, "init")
        assert listed.files(folder, folder) == said(folder, git), (folder / ".gitignore").read_text()


def test_git_knows_the_same_files_of_this_repository(git):
    """Nothing is committed here in spite of an ignore file."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone")
    assert git(ROOT, "ls-files", "--cached", "--ignored", "--exclude-standard") == ""


def test_a_folder_within_heeds_what_stands_above_it(tree):
    folder = tree("app/a", "app/a.log", "beside", top="*.log\n")
    assert told(folder / "app", folder) == ["a"]


def test_links_are_told_and_not_followed_and_what_is_no_file_is_not(tree):
    folder = tree("c/a")
    (folder / "link").symlink_to("c")
    (folder / "gone").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    assert told(folder) == ["c/a", "gone", "link"]


def test_odd_names_are_told_as_they_are(tree):
    names = sorted(["a\nb", "ñ", "with space"])
    assert told(tree(*names)) == names


def test_nothing_of_git_is_told_and_no_git_is_asked(tree, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert shutil.which("git") is None
    assert told(tree(".git/HEAD", "a")) == ["a"]


@pytest.mark.parametrize("closed", [{"a/b": 0o600}, {"a": 0o700}, {"a/b": 0o640}], ids=str)
def test_what_the_users_of_images_could_not_read_is_told_before_it_is_built(tree, monkeypatch, closed):
    folder = tree("a/b", "c", "ignored", top="ignored\n")
    (folder / "link").symlink_to("c")
    monkeypatch.setattr(listed, "ROOT", folder)
    monkeypatch.setattr(listed, "files", lambda: ("a/b", "c", "link"))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / "ignored").chmod(0o600)
    listed.require_readable()
    ((name, mode),) = closed.items()
    (folder / name).chmod(mode)
    with pytest.raises(PlimsollError, match=f"^{folder}/{name} can be read .*: clone again after .* go.rX {folder}`$"):
        listed.require_readable()
