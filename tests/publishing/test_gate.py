"""The gate: what breaks a rule is named, and nothing that was not judged is pushed."""

import json
from types import SimpleNamespace

import pytest

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.build import oci
from workshop import testing
from workshop.publishing import contents, gate, release
from workshop.publishing.plan import Image, Plan
from workshop.publishing.source import Source

SAID = """..F
=========================== short test summary info ============================
FAILED tests/rules/test_rules.py::test_rule[image.has_no_shell-plimsoll/go-gin:release-1111111]@go-gin:prod - it has
FAILED tests/rules/test_rules.py::test_rule[run.stops_in_time-plimsoll/go-gin:release-1111111]
FAILED tests/apps/test_go_gin.py::test_honours_port - assert 1 == 0
3 failed, 1 passed in 3.2s
"""


@pytest.fixture
def suite(monkeypatch, tmp_path):
    """Has the suite end as one says, whatever is judged."""
    monkeypatch.setattr(gate, "ROOT", tmp_path)
    monkeypatch.setattr(gate, "FOLDER", tmp_path)

    def ends(code, words):
        monkeypatch.setattr(testing, "judge", lambda *_: (code, words))

    return ends


def test_what_breaks_a_rule_or_a_test_is_named(suite):
    suite(1, SAID)
    told = gate._broken({"go-gin": "plimsoll/go-gin:release-1111111"}, "")
    assert told == ["go-gin breaks image.has_no_shell, run.stops_in_time, test_honours_port"]


def test_what_breaks_nothing_passes(suite):
    suite(0, "4 passed")
    assert gate._broken({"go-gin": "plimsoll/go-gin:release-1111111"}, "") == []


def test_a_suite_that_did_not_judge_is_no_pass(suite):
    suite(3, "INTERNALERROR")
    with pytest.raises(PlimsollError, match="the suite ended with 3 before it judged all"):
        gate._broken({"go-gin": "plimsoll/go-gin:release-1111111"}, "")


def test_what_the_engine_has_under_another_digest_is_not_judged(monkeypatch):
    monkeypatch.setattr(engine, "images", lambda *_: {"plimsoll/go-gin:release-1": "sha256:other"})
    with pytest.raises(
        PlimsollError, match="plimsoll/go-gin:release-1 is sha256:other, not sha256:wanted, which is to be"
    ):
        gate._require_same([("plimsoll/go-gin:release-1", "sha256:wanted")])


class Written:
    """A registry, as the steps see it, which notes whatever is written to it."""

    def __init__(self):
        self.written = []
        self.name = "here/own/go-gin"

    def require_writable(self):
        pass

    def push(self, made):
        self.written.append(made)

    def put(self, *what):
        self.written.append(what)


def test_an_image_that_breaks_a_rule_is_not_pushed(monkeypatch):
    target = Written()
    image = Image(type("Variant", (), {"app": "go-gin"}), target.name, ("linux/amd64",), "", ())
    plan = Plan("here/own", Source("1" * 40, 0, "main", "1.4.2"), (image,), ())
    monkeypatch.setattr(release, "Target", lambda _: target)
    monkeypatch.setattr(release.building, "archives", lambda _: {"go-gin": None})
    signer = SimpleNamespace(require=lambda: None, sign=target.put)

    def refuses(*_):
        raise PlimsollError("nothing is pushed, for go-gin breaks image.has_no_shell", "mend that")

    monkeypatch.setattr(release.gate, "judge", refuses)
    with pytest.raises(PlimsollError, match="go-gin breaks image.has_no_shell"):
        release.publish(plan, signer)
    assert target.written == []


class Attested:
    """An archive whose one attestation says something."""

    def __init__(self, statement):
        self._statement = statement

    def blobs(self):
        return [oci.Blob("layer", "1"), oci.Blob("attestation", "2")]

    def content(self, digest):
        return json.dumps({"args": self._statement if digest == "2" else ""}).encode()


@pytest.mark.parametrize(
    "told", ["build-arg:HTTPS_PROXY=http://who:canary@proxy.test:3128", "https://token:canary@host.test/a/b.git"]
)
def test_a_password_in_what_is_told_of_a_build_is_refused_and_not_repeated(told):
    image = Image(type("Variant", (), {"app": "go-gin"}), "here", ("linux/amd64",), "", ())
    with pytest.raises(
        PlimsollError, match=r"go-gin tells of its build holds a password for (proxy|host).test"
    ) as refused:
        contents.require_no_login(image, Attested(told))
    assert "canary" not in str(refused.value)
    contents.require_no_login(image, Attested("https://host.test:443/a@b"))
