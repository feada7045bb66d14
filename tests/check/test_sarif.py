"""A SARIF log as GitHub takes it: one result that points at no file of a repository, and it refuses all of it."""

import json
import re
from urllib.parse import unquote, urlsplit

import pytest

from plimsoll.commands.formats.sarif import sarif
from plimsoll.findings import Finding
from plimsoll.rule import Level, every_rule, rule_named
from plimsoll.runner import Result

DOCKERFILE = "FROM scratch AS build\nCOPY a /a\nFROM scratch\nCOPY b /b\n"

ADDRESS = re.compile(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+")
"""A relative address, in which nothing is left that could be read as anything but a path."""


@pytest.fixture(params=["here", "elsewhere"])
def folder(request, tmp_path, monkeypatch):
    """A folder that is judged, from where it lies below, or from beside it."""
    folder = tmp_path / "My App"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / ".dockerignore").write_text("*\n")
    beside = tmp_path / "beside"
    beside.mkdir()
    monkeypatch.chdir(folder if request.param == "here" else beside)
    return folder


def of_folder(folder, *places, rule="has_no_shell"):
    findings = [Finding(place, "a shell", "leave it out") for place in places]
    return Result(rule_named(rule), "My App:image", findings, folder=folder, file=folder / "Dockerfile", line=3)


def of_image(name, *places, rule="has_no_shell"):
    return Result(rule_named(rule), name, [Finding(place, "a shell", "leave it out") for place in places])


def results(*judged):
    """Those of a log that keeps what GitHub demands."""
    log = json.loads(sarif(list(judged)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "plimsoll"
    assert re.fullmatch(r"\d+(\.\d+)+.*", driver["version"])
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["helpUri"] == rule_named(rule["id"]).address
        assert rule["id"] == str(rule_named(rule["id"]))
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["level"] in {"error", "warning", "note"}
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        address = place["artifactLocation"]["uri"]
        assert ADDRESS.fullmatch(address)
        assert urlsplit(address)[:2] == ("", "")
        assert not address.startswith("/")
        assert {".", "..", ""}.isdisjoint(address.split("/"))
        assert location["logicalLocations"][0]["fullyQualifiedName"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
    return run["results"]


def pointed(result):
    place = result["locations"][0]["physicalLocation"]
    return unquote(place["artifactLocation"]["uri"]), place["region"]["startLine"]


def test_a_line_of_the_dockerfile_is_pointed_at(folder):
    (result,) = results(of_folder(folder, f"{folder}/Dockerfile:4"))
    assert pointed(result) == ("Dockerfile", 4)
    assert result["message"]["text"] == "a shell: leave it out"


def test_a_line_that_no_linter_names_is_the_first(folder):
    (result,) = results(of_folder(folder, f"{folder}/Dockerfile:0"))
    assert pointed(result) == ("Dockerfile", 1)


def test_a_file_without_a_line_is_pointed_at(folder):
    (result,) = results(of_folder(folder, f"{folder}/.dockerignore"))
    assert pointed(result) == (".dockerignore", 1)


@pytest.mark.parametrize(
    "place",
    [
        "",
        "/bin/sh",
        "/etc/passwd:3",
        "/etc/passwd",
        "layer sha256:123456789012",
        "layer sha256:123456789012 /root/.ssh/id:2",
        "GET /ping",
        "variable DATABASE_URL",
        "http://localhost:8080",
        "/app/\udcff\n:7",
        "Dockerfile:99x",
    ],
)
def test_what_is_in_the_image_is_told_where_the_image_begins(folder, place):
    (result,) = results(of_folder(folder, place))
    assert pointed(result) == ("Dockerfile", 3)
    (logical,) = result["locations"][0]["logicalLocations"]
    assert logical["name"] == (place or "My App:image")
    assert result["message"]["text"].startswith("My App:image")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("nginx", "nginx"),
        ("plimsoll/go-gin:prod", "plimsoll/go-gin/prod"),
        ("localhost:5000/team/app:1.2", "localhost/5000/team/app/1.2"),
        (f"app@sha256:{'ab' * 32}", f"app/sha256/{'ab' * 32}"),
        (f"[::1]:5000/app:1@sha256:{'ab' * 32}", f"[/1]/5000/app/1/sha256/{'ab' * 32}"),
        ("sha256:0123456789ab", "sha256/0123456789ab"),
        ("../../etc/passwd", "etc/passwd"),
        ("..", "image"),
        ("ñandú & co.:1", "ñandú & co./1"),
    ],
)
@pytest.mark.parametrize("place", ["", "/bin/sh", "layer sha256:123456789012", "/etc/passwd:3", f"{__file__}:3"])
def test_an_image_has_a_path_of_its_name(name, path, place):
    (result,) = results(of_image(name, place))
    assert pointed(result) == (path, 1)
    assert result["message"]["text"].startswith(name)


def test_a_path_with_odd_letters_is_escaped(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    odd = "a:b #ñ%20?\udcff.Dockerfile"
    (tmp_path / odd).write_text(DOCKERFILE)
    found = [Finding("", "a", "b")]
    (result,) = results(Result(rule_named("has_no_shell"), "x:image", found, folder=tmp_path, file=tmp_path / odd))
    address = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(address, errors="surrogateescape") == odd


def test_a_folder_below_is_seen_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "apps/one"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (result,) = results(of_folder(folder, f"{folder}/Dockerfile:2"))
    assert pointed(result) == ("apps/one/Dockerfile", 2)


def test_each_rule_stands_once_and_is_found_by_its_index(folder):
    found = results(
        of_image("nginx:1", "", "/bin/sh", rule="has_no_setuid_or_setgid_files"),
        of_folder(folder, "", f"{folder}/Dockerfile:4"),
        of_folder(folder, "", rule="has_no_setuid_or_setgid_files"),
    )
    assert len(found) == 5


def fingerprints(*judged):
    return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results(*judged)]


def test_a_finding_is_known_again_when_lines_were_added_above_it(folder):
    before = fingerprints(of_folder(folder, f"{folder}/Dockerfile:4", "/bin/sh"))
    (folder / "Dockerfile").write_text("# what it is\n\n" + DOCKERFILE)
    assert fingerprints(of_folder(folder, f"{folder}/Dockerfile:6", "/bin/sh")) == before


def test_findings_are_told_from_each_other(folder):
    places = ["", "", "/bin/sh", f"{folder}/Dockerfile:2", f"{folder}/Dockerfile:4"]
    found = fingerprints(
        of_folder(folder, *places), of_image("nginx", *places), of_folder(folder, *places, rule="clock_is_utc")
    )
    assert len(set(found)) == len(found)


OF_EACH_LEVEL = {level: next(str(each) for each in every_rule().values() if each.level is level) for level in Level}


@pytest.mark.parametrize("level", Level, ids=lambda each: each.value)
def test_a_finding_has_the_level_of_its_rule(folder, level):
    (found,) = results(of_folder(folder, f"{folder}/Dockerfile:4", rule=OF_EACH_LEVEL[level]))
    assert found["level"] == level.value


@pytest.mark.parametrize("fault", [False, True])
def test_what_is_not_judged_is_told_beside_the_results(fault):
    unjudged = Result(rule_named("has_no_shell"), "mine:prod", unjudged="no engine answers", fault=fault)
    (run,) = json.loads(sarif([unjudged]))["runs"]
    assert run["results"] == []
    (ended,) = run["invocations"]
    assert ended["executionSuccessful"] is not fault
    (told,) = ended["toolExecutionNotifications"]
    assert told["message"]["text"] == "not judged: mine:prod: no engine answers (image.has_no_shell)"
