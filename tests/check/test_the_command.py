"""`plimsoll check` as a linter: its exit codes, its forms, its refusals."""

import json
import uuid
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.xdist_group("check")

NAIVE = """\
FROM busybox:1.37-musl AS build
RUN echo hello > /hello
FROM build AS dev
FROM busybox:1.37-musl
ADD Dockerfile /Dockerfile
CMD cat /hello
"""


@pytest.fixture
def naive(tmp_path):
    folder = tmp_path / "My App"
    folder.mkdir()
    (folder / "Dockerfile").write_text(NAIVE)
    return folder


def test_a_good_image_is_clean(check):
    done = check("plimsoll/rust-cli:prod")
    assert (done.code, done.said.splitlines()[0][:10]) == (0, "0 findings"), done.said + done.errors


def test_findings_name_rule_place_what_and_remedy(check, naive):
    done = check(".", folder=naive)
    assert done.code == 1
    (line,) = [line for line in done.said.splitlines() if line.startswith("Dockerfile:5: ")]
    assert "ADD" in line
    assert "COPY" in line
    assert any(line.startswith("My App:image /bin/sh: has_no_shell: ") for line in done.said.splitlines())


def test_only_what_was_asked_for_is_judged(check, naive):
    assert check(naive, "--rule=has_no_shell", "--static").said.count("has_no_shell") > 1
    assert "has_no_shell" not in check(naive, "--skip=has_no_shell", "--static").said


def test_json_names_every_judgement(check, naive):
    document = json.loads(check(naive, "--static", "--format=json").said)
    broken = {each["rule"] for each in document["judgements"] if each["findings"]}
    assert "has_no_shell" in broken
    assert any(each["kept"] for each in document["judgements"])


def test_junit_counts_its_failures(check, naive):
    suite = ElementTree.fromstring(check(naive, "--static", "--format=junit").said)
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) > 0


@pytest.mark.parametrize("where", ["within", "beside"])
def test_sarif_points_at_a_line_for_every_finding(check, naive, where):
    target, here = (".", naive) if where == "within" else (naive, naive.with_name("beside"))
    here.mkdir(exist_ok=True)
    (run,) = json.loads(check(target, "--static", "--format=sarif", folder=here).said)["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert {"artifactLocation": {"uri": "Dockerfile"}, "region": {"startLine": 5}} in places
    # What is in an image is told where its stage begins: `dev` in the third line, the last in the fourth.
    assert {each["region"]["startLine"] for each in places} >= {3, 4, 5}
    assert {each["artifactLocation"]["uri"] for each in places} == {"Dockerfile"}
    assert all(run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])


def test_github_gets_its_commands(check, naive):
    said = check(".", "--static", "--format=github", folder=naive).said
    assert "::error file=Dockerfile,line=5,title=" in said
    assert all(line.startswith("::error ") for line in said.splitlines())


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["/nowhere"], "there is no folder and no image /nowhere here"),
        (["nobody/nothing:1"], "there is no folder and no image nobody/nothing:1 here"),
        (["."], "Dockerfile is not there"),
        (["plimsoll/go-gin:prod", "--rule=no_such"], "there is no rule `no_such`"),
    ],
)
def test_what_cannot_be_checked_is_said_in_one_line(check, tmp_path, arguments, cause):
    done = check(*arguments, folder=tmp_path)
    assert done.code == 2
    assert cause in done.errors
    assert len(done.errors.strip().splitlines()) == 1


def test_a_dockerfile_that_does_not_build_is_a_finding(check, tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM busybox:1.37-musl\nRUN false\n")
    done = check(tmp_path, "--static")
    assert done.code == 1
    assert "builds: " in done.said
    assert "Traceback" not in done.said + done.errors


def test_what_asks_for_its_configuration_is_not_judged_until_it_has_it(check):
    done = check("plimsoll/widgets:prod")
    assert done.code == 2
    assert "set POSTGRES_PASSWORD_FILE (a file with the database's password) or POSTGRES_PASSWORD" in done.said
    assert "0 findings" in done.said
    assert check("plimsoll/widgets:prod", "--env=POSTGRES_PASSWORD=any").code == 0
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
    done = check(tmp_path, "--static", "--rule=builds")
    assert done.code == 1
    assert "the disk is full: free some with `make clean`" in done.said


def test_a_plimsoll_toml_beside_it_counts(check, naive):
    (naive / "plimsoll.toml").write_text('[variant.image]\nmax_size = "1 kB"\n')
    assert "fits_its_budget" in check(naive, "--static").said
    (naive / "plimsoll.toml").write_text('[variant.image.waive]\nhas_no_shell = "it is there to be looked into"\n')
    done = check(naive, "--static")
    assert "waived: My App:image: has_no_shell: it is there to be looked into" in done.said
    (naive / "plimsoll.toml").write_text("prot = 8080\n")
    done = check(naive, "--static")
    assert (done.code, done.errors.count("\n")) == (2, 1)
    assert "unknown key `prot`" in done.errors


def test_compose_files_are_judged_without_a_dockerfile(check, tmp_path):
    (tmp_path / "compose.yaml").write_text('services:\n  web:\n    image: nginx\n    ports: ["8080:80"]\n')
    done = check(tmp_path)
    assert done.code == 1, done.said + done.errors


@pytest.mark.parametrize("last", ["", "RUN false\n"], ids=["built", "failed"])
def test_no_image_is_left_behind(check, built_of, naive, last):
    folder = naive.rename(naive.with_name(f"left-{uuid.uuid4().hex}"))
    (folder / "Dockerfile").write_text(NAIVE + last)
    assert check(folder, "--static").code == 1
    assert built_of(folder.name) == []
