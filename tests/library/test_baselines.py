"""A baseline: what it knows fails no more, what is new does, and what nothing needs any more is told."""

import json

import pytest

from plimsoll.commands import baseline
from plimsoll.errors import PlimsollError
from plimsoll.findings import Finding
from plimsoll.rule import rule_named
from plimsoll.runner import Result

DOCKERFILE = "FROM debian:13\nRUN make\nUSER root\n"


@pytest.fixture
def folder(tmp_path):
    app = tmp_path / "app"
    app.mkdir()
    (tmp_path / ".git").mkdir()
    (app / "Dockerfile").write_text(DOCKERFILE)
    return app


@pytest.fixture
def file(tmp_path):
    return tmp_path / "baseline.json"


def of(folder, *places, rule="has_no_shell", subject="app:prod", **more):
    findings = [Finding(place, "what", "fix") for place in places]
    return Result(rule_named(rule), subject, findings, folder=folder, file=folder / "Dockerfile", **more)


def settled(results, file=None, into=None):
    return baseline.opened(file, into).settled(results)


def written(file, *results):
    kept, told = settled([*results], into=file)
    assert [each.findings for each in kept] == [[] for _ in results]
    assert told == [f"the baseline {file} is written, findings in it: {sum(len(each.findings) for each in results)}"]


def places(results):
    return [finding.place for each in results for finding in each.findings]


def test_what_is_known_fails_no_more_and_what_is_new_does(folder, file):
    written(file, of(folder, "/bin/sh", f"{folder}/Dockerfile:2"), of(folder, "", rule="clock_is_utc"))
    (folder / "Dockerfile").write_text("# why\n\n" + DOCKERFILE)
    now = [
        of(folder, "/bin/bash", "/bin/sh", f"{folder}/Dockerfile:4", f"{folder}/Dockerfile:5"),
        of(folder, "", rule="clock_is_utc"),
    ]
    kept, told = settled(now, file)
    assert places(kept) == ["/bin/bash", f"{folder}/Dockerfile:5"]
    assert [each.known for each in kept] == [2, 1]
    assert told == []


def test_of_two_that_nothing_tells_apart_the_second_is_new(folder, file):
    written(file, of(folder, "", rule="clock_is_utc"))
    kept, _ = settled([of(folder, "", "", rule="clock_is_utc")], file)
    assert (places(kept), kept[0].known) == ([""], 1)


def test_an_entry_that_nothing_needs_any_more_is_told(folder, file):
    written(file, of(folder, *(f"/bin/{name}" for name in "abcde")))
    _, (told,) = settled([of(folder, "/bin/a")], file)
    named = ", ".join(f"image.has_no_shell at app:prod /bin/{name}" for name in "bcd")
    assert told == (
        f"the baseline {file} has 4 entries that nothing needs any more, {named}, 1 more: "
        "write it anew with --write-baseline"
    )
    _, (told,) = settled([of(folder, *(f"/bin/{name}" for name in "abcd"))], file)
    assert "has an entry that nothing needs any more, image.has_no_shell at app:prod /bin/e: " in told


@pytest.mark.parametrize("unsaid", [{"unjudged": "no engine answers"}, {"left_out": "--thorough asks it too"}])
def test_of_what_was_not_judged_nothing_is_told(folder, file, unsaid):
    written(file, of(folder, "/bin/sh", f"{folder}/Dockerfile:2"))
    assert settled([of(folder, **unsaid)], file)[1] == []
    assert settled([of(folder, rule="clock_is_utc")], file)[1] == []
    assert settled([], file)[1] == []


def test_another_image_of_the_file_tells_of_its_text_alone(folder, file):
    written(file, of(folder, "/bin/sh", f"{folder}/Dockerfile:2"))
    _, (told,) = settled([of(folder, subject="app:dev")], file)
    assert "has an entry that nothing needs any more, image.has_no_shell at" in told
    assert "/bin/sh" not in told
    assert "Dockerfile:2" in told


def test_what_is_written_is_the_same_whatever_the_order(folder, file, tmp_path):
    results = [of(folder, "/bin/b", "/bin/a"), of(folder, "", rule="clock_is_utc")]
    written(file, *results)
    written(tmp_path / "other.json", *reversed(results))
    assert file.read_text() == (tmp_path / "other.json").read_text()
    assert [each["place"] for each in json.loads(file.read_text())["findings"]] == [
        "app:prod",
        "app:prod /bin/a",
        "app:prod /bin/b",
    ]


def test_held_against_one_and_written_into_another_all_is_written(folder, file, tmp_path):
    written(file, of(folder, "/bin/a"))
    kept, told = settled([of(folder, "/bin/a", "/bin/b")], file, tmp_path / "other.json")
    assert places(kept) == ["/bin/b"]
    assert told == [f"the baseline {tmp_path / 'other.json'} is written, findings in it: 2"]
    assert len(baseline.read(tmp_path / "other.json")) == 2


ROW = {"rule": "a", "subject": "b", "place": "c", "fingerprint": "d:1"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is not there: write it anew with --write-baseline"),
        (b"", "is damaged: it is no JSON"),
        (b'{"plimsoll-baseline": 1, "find', "is damaged: it is no JSON"),
        (b"\xff\xfe\x00\x01", "is damaged: it is no JSON"),
        (b"[" * 100_000, "is damaged: it is no JSON"),
        (b"[]", "is no baseline"),
        (b'{"version": "2.1.0", "runs": []}', "is no baseline"),
        (b'{"plimsoll-baseline": 2, "findings": []}', "is of version 2, and this is a judge of 1"),
        (b'{"plimsoll-baseline": "x", "findings": []}', 'is of version "x"'),
        (b'{"plimsoll-baseline": 1}', "is damaged: its findings are none"),
        (b'{"plimsoll-baseline": 1, "findings": [{"rule": "a"}]}', "is damaged: its findings are none"),
        (json.dumps({"plimsoll-baseline": 1, "findings": [{**ROW, "rule": 1}]}).encode(), "is damaged"),
        (json.dumps({"plimsoll-baseline": 1, "findings": [{**ROW, "more": ""}]}).encode(), "is damaged"),
    ],
)
def test_one_that_can_not_be_understood_is_told_in_a_line(file, content, told):
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PlimsollError) as error:
        baseline.opened(file, None)
    assert str(file) in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_is_no_baseline(tmp_path):
    with pytest.raises(PlimsollError, match="can't be read, Is a directory"):
        baseline.opened(tmp_path, None)


@pytest.mark.parametrize("name", ["", "missing/baseline.json"])
def test_a_place_where_none_can_be_written_is_refused_before_anything_is_judged(tmp_path, name):
    with pytest.raises(PlimsollError, match="can't be written as a baseline: name a file in a folder that is there"):
        baseline.opened(None, tmp_path / name)


def test_without_one_everything_stays(folder):
    results = [of(folder, "/bin/sh")]
    assert settled(results) == (results, [])
