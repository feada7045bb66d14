"""Which tags a commit gets, and which of them may be moved: never one that promises to stay."""

import pytest

from plimsoll.errors import PlimsollError
from workshop.publishing import source, tags
from workshop.publishing.source import Source
from workshop.publishing.tags import LABEL, Kind, Move, Tag

REVISION = "1234567890" * 4


def commit(version="", branch="main"):
    return Source(REVISION, 1_700_000_000, branch, version)


@pytest.mark.parametrize(
    ("version", "branch", "names"),
    [
        ("1.4.2", "", ["1.4.2", "1.4", "sha-1234567"]),
        ("1.4.2", "main", ["1.4.2", "1.4", "sha-1234567"]),
        ("1.5.0-rc.1", "", ["1.5.0-rc.1", "sha-1234567"]),
        ("", "main", ["edge", "sha-1234567"]),
    ],
)
def test_a_commit_has_the_tags_that_say_what_it_is(version, branch, names):
    assert [tag.text for tag in tags.of(commit(version, branch))] == names


def test_another_branch_without_a_version_has_none():
    with pytest.raises(PlimsollError, match="without TAG a commit of main is published, and branch mine is"):
        tags.of(commit(branch="mine"))


@pytest.mark.parametrize(
    ("kind", "told", "move"),
    [
        (Kind.VERSION, {"revision": REVISION}, Move.TAKEN),
        (Kind.VERSION, {}, Move.TAKEN),
        (Kind.LINE, {"version": "1.4.1"}, Move.MOVE),
        (Kind.LINE, {"version": "1.4.10"}, Move.STAY),
        (Kind.LINE, {}, Move.MOVE),
        (Kind.EDGE, {"created": "2023-11-14T22:13:19Z"}, Move.MOVE),
        (Kind.EDGE, {"created": "2023-11-14T22:13:21Z"}, Move.STAY),
        (Kind.COMMIT, {"revision": REVISION}, Move.STAY),
        (Kind.COMMIT, {"revision": "0" * 40}, Move.TAKEN),
    ],
)
def test_what_becomes_of_a_tag_that_is_another_image(kind, told, move):
    there = {f"{LABEL}{name}": value for name, value in told.items()}
    assert tags.decide(Tag("it", kind), commit("1.4.2"), there) is move


@pytest.fixture
def repository(git, tmp_path):
    """A repository of one commit, which has a tag."""
    (tmp_path / "file").write_text("one\n")
    for words in (["init"], ["add", "."], ["commit", "--message=one"], ["tag", "v1.4.2"]):
        git(tmp_path, *words)
    return tmp_path


def test_a_tag_names_the_commit_and_its_version(git, repository):
    read = source.read("v1.4.2", repository)
    assert read.revision == git(repository, "rev-parse", "HEAD").strip()
    assert (read.version, read.label, read.branch) == ("1.4.2", "1.4.2", "main")
    assert read.seconds == int(git(repository, "show", "--no-patch", "--format=%ct"))
    assert source.read("", repository).label == source.UNRELEASED


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("latest", "TAG=latest is no version: name a tag of git such as v1.4.2"),
        ("v1.4", "TAG=v1.4 is no version"),
        ("v1.4.2+more", "is no version"),
        ("v1.4.3", "git has no tag v1.4.3: make it, where it is meant to be this commit: `git tag v1.4.3`"),
    ],
)
def test_what_is_no_tag_of_a_version_is_refused(repository, tag, told):
    with pytest.raises(PlimsollError) as refused:
        source.read(tag, repository)
    assert told in str(refused.value)


def test_a_work_tree_that_is_no_commit_is_refused(repository):
    (repository / "file").write_text("two\n")
    with pytest.raises(PlimsollError, match=r"the work tree is not what commit \w{7} holds, file: commit it first"):
        source.read("v1.4.2", repository)


def test_the_tag_of_another_commit_is_refused(git, repository):
    (repository / "file").write_text("two\n")
    git(repository, "commit", "--all", "--message=two")
    with pytest.raises(PlimsollError, match=r"tag v1.4.2 is commit \w{7}, and \w{7} is checked out: `git checkout v1"):
        source.read("v1.4.2", repository)


def test_where_there_is_no_commit_that_is_told(tmp_path):
    with pytest.raises(
        PlimsollError, match=r"has no commit that could be published, .*: publish from a clone with git"
    ):
        source.read("", tmp_path)
