"""A finding is known again from run to run, whatever stands above it, and never taken for another."""

import pytest

from plimsoll.commands import fingerprint
from plimsoll.findings import Finding
from plimsoll.rule import rule_named
from plimsoll.runner import Result

DOCKERFILE = "FROM debian:13\nRUN apt-get update \\\n && apt-get install curl\nRUN <<END\nmake\nEND\nUSER root\n"
COMPOSE = "services:\n  web:\n    privileged: true\n  worker:\n    privileged: true\n"


@pytest.fixture
def clone(tmp_path):
    return made(tmp_path / "clone")


def made(top):
    (top / ".git").mkdir(parents=True)
    (top / "app").mkdir()
    (top / "app/Dockerfile").write_text(DOCKERFILE)
    (top / "app/compose.yaml").write_text(COMPOSE)
    (top / "app/.dockerignore").write_text("*\n")
    return top


def of(folder, *places, file="Dockerfile", rule="has_no_shell", subject="app:prod"):
    findings = [Finding(place, "what", "fix") for place in places]
    result = Result(rule_named(rule), subject, findings, folder=folder, file=folder / file)
    return [each for _, _, each in fingerprint.numbered([result])]


def of_image(name, *places):
    result = Result(rule_named("has_no_shell"), name, [Finding(place, "what", "fix") for place in places])
    return [each for _, _, each in fingerprint.numbered([result])]


def test_lines_above_do_not_count(clone):
    app = clone / "app"
    before = of(app, f"{app}/Dockerfile:2", f"{app}/Dockerfile:5")
    (app / "Dockerfile").write_text("# syntax of a shell\n\n" + DOCKERFILE)
    assert of(app, f"{app}/Dockerfile:4", f"{app}/Dockerfile:7") == before


def test_a_line_stands_for_its_whole_instruction(clone):
    app = clone / "app"
    (first,) = of(app, f"{app}/Dockerfile:2")
    assert of(app, f"{app}/Dockerfile:3") == [first]
    (app / "Dockerfile").write_text(DOCKERFILE.replace("install curl", "install curl git"))
    assert of(app, f"{app}/Dockerfile:2") != [first]


def test_indentation_and_continued_lines_do_not_count(clone):
    app = clone / "app"
    before = of(app, f"{app}/Dockerfile:2")
    (app / "Dockerfile").write_text("FROM debian:13\nRUN   apt-get update  \\\n# why\n    && apt-get install curl\n")
    assert of(app, f"{app}/Dockerfile:2") == before


def test_a_line_of_yaml_is_known_by_what_it_stands_under(clone):
    app = clone / "app"
    web, worker = (of(app, f"{app}/compose.yaml:{line}", file="compose.yaml") for line in (3, 5))
    assert web != worker
    swapped = "services:\n  worker:\n    # why\n    privileged: true\n\n  web:\n    privileged: true\n"
    (app / "compose.yaml").write_text(swapped)
    assert of(app, f"{app}/compose.yaml:4", file="compose.yaml") == worker
    assert of(app, f"{app}/compose.yaml:7", file="compose.yaml") == web


def test_what_a_clone_is_called_and_where_one_stands_does_not_count(clone, tmp_path, monkeypatch):
    other = made(tmp_path / "builds/4711")
    places = ["Dockerfile:2", "Dockerfile:7", ".dockerignore"]
    for folder in (tmp_path, clone):
        monkeypatch.chdir(folder)
        app, same = clone / "app", other / "app"
        assert of(app, *(f"{app}/{each}" for each in places)) == of(same, *(f"{same}/{each}" for each in places))


def test_two_folders_of_a_clone_are_told_from_each_other(clone):
    other = made(clone / "more") / "app"
    (clone / "more/.git").rmdir()
    assert of(clone / "app", "/bin/sh") != of(other, "/bin/sh")
    assert of(clone / "app", f"{clone}/app/Dockerfile:2") != of(other, f"{other}/Dockerfile:2")


def test_a_folder_that_is_no_clone_is_seen_from_here(tmp_path, monkeypatch):
    for name in ("one", "two"):
        made(tmp_path / name)
        (tmp_path / name / ".git").rmdir()
    monkeypatch.chdir(tmp_path)
    one, two = (tmp_path / name / "app" for name in ("one", "two"))
    assert of(one, f"{one}/Dockerfile:2") != of(two, f"{two}/Dockerfile:2")


def test_a_file_outside_the_folder_is_known_without_its_line(clone):
    shared = clone / "shared.yaml"
    shared.write_text(COMPOSE)
    assert of(clone / "app", f"{shared}:3", file="compose.yaml") == of(
        clone / "app", f"{shared}:9", file="compose.yaml"
    )


def test_a_file_that_has_no_line_is_known_whatever_is_in_it(clone):
    app = clone / "app"
    before = of(app, f"{app}/.dockerignore")
    (app / ".dockerignore").write_text("node_modules\n*\n")
    assert of(app, f"{app}/.dockerignore") == before


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("app:1.2", "app:1.3"),
        ("app", "app:1.3"),
        ("localhost:5000/app:1", "localhost:5000/app"),
        (f"app:1@sha256:{'ab' * 32}", "app"),
    ],
)
def test_a_release_of_an_image_is_the_same_image(name, same):
    assert of_image(name, "", "/bin/sh") == of_image(same, "", "/bin/sh")


def test_images_are_told_from_each_other():
    names = ["app", "localhost:5000/app", "localhost:5001/app", "team/app"]
    assert len({each for name in names for each in of_image(name, "/bin/sh")}) == len(names)


def test_a_layer_is_known_whatever_its_digest_is_and_a_file_whatever_the_line():
    assert of_image("app", "layer sha256:123456789012 /a:2") == of_image("app", "layer sha256:abcdef789012 /a:3")
    assert of_image("app", "layer sha256:123456789012 /a") != of_image("app", "layer sha256:123456789012 /b")


def test_stages_rules_and_paths_are_told_from_each_other(clone):
    app = clone / "app"
    found = of(app, "", "/bin/sh", "/bin/bash") + of(app, "", subject="app:dev") + of(app, "", rule="clock_is_utc")
    assert len(set(found)) == 5


def test_what_nothing_tells_apart_is_counted(clone):
    one, other = of(clone / "app", "/bin/sh", "/bin/sh")
    assert (one.partition(":")[0], one[-2:], other[-2:]) == (other.partition(":")[0], ":1", ":2")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0", b"FROM a\n"])
def test_a_line_that_is_not_there_is_no_crash(clone, content):
    (clone / "app/Dockerfile").write_bytes(content)
    (found,) = of(clone / "app", f"{clone}/app/Dockerfile:40")
    assert found
