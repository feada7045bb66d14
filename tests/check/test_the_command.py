"""`plimsoll check` as a linter: its exit codes, its forms, its refusals."""

import json
import re
import subprocess
import sys
import textwrap
import tomllib
import uuid
from xml.etree import ElementTree

import pytest
import yaml

from plimsoll import engine, lessons
from plimsoll.commands import formats, options
from plimsoll.commands.dockerfiles import REPOSITORY
from plimsoll.commands.explain import explained
from plimsoll.expectations import Expectations
from plimsoll.rule import Level, every_rule
from plimsoll.waivers import Waiver

pytestmark = pytest.mark.xdist_group("check")

NAIVE = """\
FROM busybox:1.37-musl AS build
RUN echo hello > /hello
FROM build AS dev
FROM busybox:1.37-musl
ADD Dockerfile /Dockerfile
CMD cat /hello
LABEL greeting=$GREETING
"""


@pytest.fixture
def naive(tmp_path):
    folder = tmp_path / "My App"
    folder.mkdir()
    (folder / "Dockerfile").write_text(NAIVE)
    return folder


def test_a_good_image_is_clean(check):
    done = check("plimsoll/rust-cli:prod", "--fail-on=note")
    assert (done.code, done.said.splitlines()[0][:10]) == (0, "0 findings"), done.said + done.errors


def test_findings_name_rule_place_what_and_remedy(check, naive):
    done = check(".", "--fail-on=note", folder=naive)
    assert done.code == 1
    (line,) = [line for line in done.said.splitlines() if line.startswith("Dockerfile:5: ")]
    assert line.startswith("Dockerfile:5: warning: dockerfile.files_are_copied_not_added: ")
    assert "ADD" in line
    assert "COPY" in line
    (line,) = [
        line for line in found(done) if ": note: image.has_no_shell: a shell; busybox:1.37-musl brought it" in line
    ]
    assert line.startswith("My App:image /bin/")
    assert "/bin/sh" in line


def found(done):
    """The lines of a text that tell a finding."""
    return done.said.partition("\n\n")[0].splitlines()


def test_the_gravest_is_told_first_and_all_are_counted(check, naive):
    done = check(".", "--verbose", folder=naive)
    levels = [
        re.search(r": (error|warning|note): [a-z]+\.[a-z_]+: ", line)[1] for line in found(done) if line[0] != " "
    ]
    # What text tells stands before all that takes an engine: each by itself has the gravest first.
    of_text = found(check(".", "--depth=text", "--verbose", folder=naive))
    assert found(done)[: len(of_text)] == of_text
    number = sum(line[0] != " " for line in of_text)
    for part in (levels[:number], levels[number:]):
        assert part
        assert part == sorted(part, key=["error", "warning", "note"].index)
    counted = {level: levels.count(level) for level in levels}
    (said,) = re.findall(r"^\d+ findings \((.*)\); \d+ rules judged 2 subjects$", done.said, re.MULTILINE)
    assert {level.rstrip("s"): int(number) for number, level in re.findall(r"(\d+) (\w+)", said)} == counted


@pytest.mark.parametrize("name", ["has_no_shell", "image.has_no_shell"])
def test_only_what_was_asked_for_is_judged(check, naive, name):
    only = check(naive, f"--rule={name}", "--depth=image", "--fail-on=note").said
    assert only.count("image.has_no_shell: ") == 1
    assert only.endswith("; 1 rule judged 1 subject\n")
    assert "has_no_shell" not in check(naive, f"--skip={name}", "--depth=image").said
    assert "none of these rules judges" in check(naive, f"--skip={name}", f"--rule={name}").errors


def test_json_names_every_result(check, naive):
    results = json.loads(check(naive, "--depth=image", "--output=json").said)["results"]
    broken = {each["rule"]: each for each in results if each["findings"]}
    assert broken["image.has_no_shell"]["level"] == "note"
    assert not broken["image.has_no_shell"]["passed"]
    assert broken["image.has_no_shell"]["depth"] == "image"
    assert any(each["passed"] and not each["findings"] for each in results)


def test_junit_counts_its_failures(check, naive):
    suites = ElementTree.fromstring(check(naive, "--depth=image", "--output=junit").said)
    assert {suite.get("name") for suite in suites} == {"My App:dev", "My App:image"}
    counts = [(int(suite.get("failures")), len(suite.findall("testcase/failure"))) for suite in suites]
    assert all(told == there for told, there in counts)
    assert sum(there for _, there in counts) > 0


@pytest.mark.parametrize("where", ["within", "beside"])
def test_sarif_points_at_a_line_for_every_finding(check, naive, where):
    target, here = (".", naive) if where == "within" else (naive, naive.with_name("beside"))
    here.mkdir(exist_ok=True)
    (run,) = json.loads(check(target, "--depth=image", "--output=sarif", folder=here).said)["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert {"artifactLocation": {"uri": "Dockerfile"}, "region": {"startLine": 5}} in places
    # What is in an image is told where its stage begins: `dev` in the third line, the last in the fourth.
    assert {each["region"]["startLine"] for each in places} >= {3, 4, 5}
    assert {each["artifactLocation"]["uri"] for each in places} == {"Dockerfile"}
    assert all(run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert {each["ruleId"]: each["level"] for each in run["results"]}["image.has_no_shell"] == "note"


def test_github_gets_its_commands(check, naive):
    said = check(".", "--depth=image", "--output=github", folder=naive).said
    assert "::warning file=Dockerfile,line=5,title=dockerfile.files_are_copied_not_added::" in said
    assert {line.partition(" ")[0] for line in said.splitlines()} == {"::error", "::warning", "::notice"}
    assert "has_no_shell" not in said


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["/nowhere"], "/nowhere is not there"),
        (["nobody/nothing:1"], "there is no folder and no image nobody/nothing:1 here"),
        (["."], "no Dockerfile and no compose file is in ."),
        (["plimsoll/go-gin:prod", "--rule=no_such"], "there is no rule `no_such`"),
        (["plimsoll/go-gin:prod", "--skip=image.no_such"], "there is no rule `image.no_such`"),
        (["plimsoll/go-gin:prod", "--rule=run.has_no_shell"], "there is no rule `run.has_no_shell`"),
    ],
)
def test_what_cannot_be_checked_is_said_in_one_line(check, tmp_path, arguments, cause):
    done = check(*arguments, folder=tmp_path)
    assert done.code == 2
    assert cause in done.errors
    assert len(done.errors.strip().splitlines()) == 1


def test_a_dockerfile_that_does_not_build_is_a_finding(check, tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM busybox:1.37-musl\nRUN false\n")
    done = check(tmp_path, "--depth=image")
    assert done.code == 1
    assert "error: build.builds: " in done.said
    assert "Traceback" not in done.said + done.errors


def test_what_asks_for_its_configuration_is_not_judged_until_it_has_it(check):
    done = check("plimsoll/widgets:prod", "--require=run")
    assert done.code == 2
    assert "set POSTGRES_PASSWORD_FILE (a file with the database's password) or POSTGRES_PASSWORD" in done.said
    assert "0 findings" in done.said
    assert check("plimsoll/widgets:prod", "--env=POSTGRES_PASSWORD=any", "--fail-on=note").code == 0
    assert "`any` is not NAME=VALUE" in check("plimsoll/widgets:prod", "--env=any").errors


@pytest.mark.parametrize(("code", "found"), [(0, 0), (143, 0), (1, 1)])
def test_a_program_may_say_by_its_exit_code_that_it_was_told_to_stop(check, image, code, found):
    program = f"trap 'exit {code}' TERM; httpd -f -p 8080 & wait"
    name = image(f'FROM busybox:1.37-musl\nEXPOSE 8080\nUSER 65532:65532\nENTRYPOINT ["sh", "-c", "{program}"]\n')
    done = check("--rule=stops_when_told", name)
    assert done.code == found, done.said + done.errors


def test_a_disk_that_fills_up_during_a_build_is_named(check, tmp_path):
    step = "RUN --mount=type=tmpfs,target=/full,size=1m dd if=/dev/zero of=/full/x bs=1M count=9"
    (tmp_path / "Dockerfile").write_text(f"FROM busybox:1.37-musl\n{step}\n")
    done = check(tmp_path, "--depth=image", "--rule=builds")
    assert done.code == 1
    assert "the disk is full: free some (`docker system prune`)" in done.said


def test_a_plimsoll_toml_beside_it_counts(check, naive):
    (naive / "plimsoll.toml").write_text('[variant.image]\nmax_size = "1 kB"\n')
    assert ": image.fits_its_budget: " in check(naive, "--depth=image").said
    (naive / "plimsoll.toml").write_text('[variant.image.waive]\nhas_no_shell = "it is there to be looked into"\n')
    done = check(naive, "--depth=image")
    assert "waived: My App:image: image.has_no_shell: it is there to be looked into" in done.said
    (naive / "plimsoll.toml").write_text("prot = 8080\n")
    done = check(naive, "--depth=image", "--quiet", "--verbose")
    assert (done.code, done.errors.count("\n")) == (2, 1)
    assert "unknown key `prot`: do you mean `port`?" in done.errors
    assert ": image.has_no_shell: " in done.said


def test_compose_files_are_judged_without_a_dockerfile(check, tmp_path):
    (tmp_path / "compose.yaml").write_text('services:\n  web:\n    image: nginx\n    ports: ["8080:80"]\n')
    done = check(tmp_path)
    assert done.code == 1, done.said + done.errors


@pytest.mark.parametrize("last", ["", "RUN false\n"], ids=["built", "failed"])
def test_no_image_is_left_behind(check, built_of, naive, last):
    folder = naive.rename(naive.with_name(f"left-{uuid.uuid4().hex}"))
    (folder / "Dockerfile").write_text(NAIVE + last)
    assert check(folder, "--depth=image").code == 1
    assert built_of(folder.name) == []


def test_images_that_are_kept_are_named(check, built_of, naive):
    folder = naive.rename(naive.with_name(f"kept-{uuid.uuid4().hex}"))
    done = check(folder, "--depth=image", "--keep", "--quiet")
    kept = built_of(folder.name)
    try:
        assert sorted(name.partition(":")[2] for name in kept) == ["dev", "image"]
        told = [f"plimsoll: kept {name}, which is {folder.name}:{name.partition(':')[2]}" for name in kept]
        assert sorted(done.errors.splitlines()) == sorted(told)
        assert not any(name in done.said for name in kept)
    finally:
        for name in kept:
            engine.client().images.remove(name, force=True)


def test_an_image_that_was_not_built_is_not_kept(check, built_of, tmp_path):
    folder = tmp_path / f"kept-{uuid.uuid4().hex}"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM busybox:1.37-musl\nRUN false\n")
    done = check(folder, "--depth=image", "--keep")
    assert (done.code, REPOSITORY in done.errors, built_of(folder.name)) == (1, False, [])


def test_of_what_is_under_way_nothing_is_told_where_that_is_asked_for(check, naive):
    loud, quiet = (check(naive, "--depth=image", *more) for more in ([], ["--quiet"]))
    assert "plimsoll: building My App:image ..." in loud.errors
    assert (quiet.code, quiet.said, quiet.errors) == (loud.code, loud.said, "")
    assert len(check(naive / "nowhere", "--quiet").errors.splitlines()) == 1


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_that_is_none_is_refused(check, seconds):
    done = check("plimsoll/go-gin:prod", f"--timeout={seconds}")
    assert (done.code, done.said) == (2, "")
    assert done.errors.endswith(f"argument --timeout: `{seconds}` is not a number of seconds\n")


def plimsoll(*words):
    return subprocess.run([sys.executable, "-m", "plimsoll", *words], capture_output=True, text=True, check=False)


def test_help_tells_every_exit_code_in_one_table():
    said = plimsoll("--help").stdout
    table = said[said.index("exit codes:") :]
    assert [line.split()[0] for line in table.splitlines()[1:-1]] == ["0", "1", "2", "3", "130", "143"]
    assert plimsoll("check", "--help").stdout.endswith(table)
    assert set(options.FORMATS) == set(formats.FORMATS)


def test_rules_are_listed_with_group_and_level():
    done = plimsoll("rules")
    rows = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name, _, _ in rows] == [str(each) for each in every_rule().values()]
    assert {level for _, level, _ in rows} == {level.value for level in Level}
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", name) for name, _, _ in rows)


@pytest.mark.parametrize("name", ["has_no_shell", "image.has_no_shell"])
def test_a_rule_is_explained_by_its_level_its_reason_its_pair_and_how_to_waive_it(name):
    said = plimsoll("explain", name).stdout
    assert said.startswith("# image.has_no_shell\n\nBroken, it is of level note: ")
    for part in lessons.Lesson("has_no_shell", lessons.FOLDER / "has_no_shell").why.splitlines()[2:]:
        assert part in said
    assert "\n  FROM " in said
    assert "\n- COPY " in said
    assert "\n    /bin/sh: a shell\n\nThe images weigh 3.35 MB and 1.33 MB: all files of all layers.\n" in said
    assert '\n    [variant.prod.waive]\n    has_no_shell = "the reason why"\n' in said


@pytest.mark.parametrize("rule", every_rule().values(), ids=str)
def test_every_rule_is_explained_and_can_be_waived_as_it_says(rule):
    said = explained(rule)
    assert re.search(r"^[-+]( |$)", said, re.MULTILINE), "nothing tells its bad example from its good one"
    measured = said.partition("\n## Measured\n\n")[2].partition("\n## ")[0]
    assert re.match(r"It finds this in the bad one, and nothing in the good one:\n\n    \S", measured)
    waiver = textwrap.dedent(said.partition("## To waive it")[2].partition("\n\n")[2])
    if rule.group == "compose":
        assert yaml.safe_load(waiver) == {"x-plimsoll": {"waive": {rule.name: "the reason why"}}}
    else:
        standing = Expectations.model_validate(tomllib.loads(waiver)).waivers("prod")
        assert [(each.rule, each.waiver) for each in standing] == [(rule.name, Waiver("the reason why"))]


def test_rules_are_listed_as_a_page():
    said = plimsoll("rules", "--format=markdown").stdout
    rows = re.findall(r'^\| <a id="(\w+)"></a>\[\1\]\(../lessons/\1/\) \| (\w+) \| ', said, re.MULTILINE)
    assert rows == [(each.name, each.level.value) for each in every_rule().values()]


DEAR = {"docker", "pydantic", "requests", "urllib3"}
"""What takes long to load."""


@pytest.mark.parametrize(
    ("words", "dear"),
    [
        (["--help"], []),
        (["check", "--help"], []),
        (["rules"], []),
        (["explain", "image.has_no_shell"], []),
        (["check", "/nowhere"], []),
        (["check", "nobody/nothing:1"], ["docker", "pydantic"]),
    ],
    ids=" ".join,
)
def test_what_takes_long_to_load_is_loaded_by_what_needs_it(words, dear):
    code = "import sys; from plimsoll import cli; cli.main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.splitlines()[-1].split())
    assert "plimsoll.commands.ending" in loaded
    assert loaded & DEAR >= set(dear)
    assert dear or not loaded & DEAR
