"""The scan gate on recorded reports: what counts, what is let be, and what is said where nothing can be learned."""

import json
from datetime import date

import pytest

from plimsoll import expectations, waivers
from plimsoll.errors import PlimsollError
from workshop import reports, scanned
from workshop.reports import Vulnerability

GRYPE = {
    "matches": [
        {
            "vulnerability": {
                "id": "GHSA-aaaa-bbbb-cccc",
                "severity": "High",
                "fix": {"versions": ["3.5.2"], "state": "fixed"},
            },
            "relatedVulnerabilities": [{"id": "CVE-2026-1001"}],
            "artifact": {"name": "openssl", "version": "3.5.1", "type": "deb"},
        },
        {
            "vulnerability": {"id": "CVE-2026-1002", "severity": "Negligible", "fix": {"versions": [], "state": ""}},
            "artifact": {"name": "glibc", "version": "2.41", "type": "deb"},
        },
    ]
}
TRIVY = {
    "SchemaVersion": 2,
    "Results": [
        {"Target": "clean"},
        {
            "Target": "sbom",
            "Vulnerabilities": [
                {
                    "VulnerabilityID": "CVE-2026-1003",
                    "PkgName": "flask",
                    "InstalledVersion": "3.1.3",
                    "FixedVersion": "3.1.4",
                    "Severity": "CRITICAL",
                }
            ],
        },
    ],
}
PIP_AUDIT = {
    "dependencies": [
        {"name": "click", "version": "8.5.1", "vulns": []},
        {"name": "left", "skip_reason": "it is not on an index"},
        {
            "name": "flask",
            "version": "3.1.3",
            "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1.4"], "aliases": ["CVE-2026-1003"]}],
        },
    ]
}
GOVULNCHECK = [
    {"config": {"scanner_name": "govulncheck"}},
    {"osv": {"id": "GO-2026-1", "aliases": ["CVE-2026-1004"]}},
    {"finding": {"osv": "GO-2026-1", "trace": [{"module": "example.com/a", "version": "v1.0.0"}]}},
    {
        "finding": {
            "osv": "GO-2026-1",
            "fixed_version": "v1.0.1",
            "trace": [{"module": "example.com/a", "version": "v1.0.0", "package": "example.com/a", "function": "F"}],
        }
    },
    {"finding": {"osv": "GO-2026-2", "trace": [{"module": "example.com/b", "version": "v1.0.0"}]}},
]
STREAM = "\n".join(json.dumps(each, indent=2) for each in GOVULNCHECK)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            json.dumps(GRYPE),
            [
                "GHSA-aaaa-bbbb-cccc, high, in openssl 3.5.1: fixed in 3.5.2",
                "CVE-2026-1002, negligible, in glibc 2.41: not fixed yet",
            ],
        ),
        (json.dumps(TRIVY), ["CVE-2026-1003, critical, in flask 3.1.3: fixed in 3.1.4"]),
        (json.dumps(PIP_AUDIT), ["PYSEC-2026-1, unknown, in flask 3.1.3: fixed in 3.1.4"]),
        (STREAM + "\n", ["GO-2026-1, unknown, in example.com/a v1.0.0: fixed in v1.0.1"]),
        ('{"matches": []}', []),
    ],
    ids=["grype", "trivy", "pip-audit", "govulncheck", "nothing"],
)
def test_reports_are_read(text, lines):
    assert [str(each) for each in reports.parse(text, "report")] == lines


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"matches": [{}]}', '{"matches": 7}', "7"])
def test_what_is_no_report_is_told_in_a_line(text):
    with pytest.raises(PlimsollError, match=r"^report is no report .+") as told:
        reports.parse(text, "report")
    assert "\n" not in str(told.value)


def let_be(tmp_path, monkeypatch, text, today="2026-11-26"):
    monkeypatch.setattr(waivers, "today", lambda: date.fromisoformat(today))
    (tmp_path / "plimsoll.toml").write_text(f"[vulnerabilities]\n{text}\n")
    return expectations.read(tmp_path).vulnerabilities


HIGH = Vulnerability(("GHSA-aaaa-bbbb-cccc", "CVE-2026-1001"), "high", "openssl 3.5.1", "3.5.2")
LOW = Vulnerability(("CVE-2026-1002",), "low", "glibc 2.41")
UNTIL = 'CVE-2026-1001 = { reason = "nothing here uses TLS", until = 2026-12-31 }'


def test_a_severe_one_counts_and_a_slight_one_does_not():
    said = scanned.verdict([HIGH, LOW], {}, "plimsoll.toml")
    assert said == ([str(HIGH)], True)
    assert scanned.verdict([LOW], {}, "plimsoll.toml") == ([], False)
    assert scanned.verdict([LOW], {}, "plimsoll.toml", "low").failed


def test_one_of_which_nobody_knows_how_severe_it_is_counts():
    assert scanned.verdict([Vulnerability(("X-1",), reports.UNKNOWN, "a 1")], {}, "here", "critical").failed


def test_one_is_let_be_by_any_of_its_names_for_a_reason(tmp_path, monkeypatch):
    said = scanned.verdict([HIGH], let_be(tmp_path, monkeypatch, UNTIL), "here")
    assert said == ([f"{HIGH}; let be until 2026-12-31: nothing here uses TLS"], False)


def test_what_is_past_its_date_counts_again(tmp_path, monkeypatch):
    assert not scanned.verdict([HIGH], let_be(tmp_path, monkeypatch, UNTIL, "2026-12-31"), "here").failed
    said = scanned.verdict([HIGH], let_be(tmp_path, monkeypatch, UNTIL, "2027-01-01"), "here")
    told = f"{HIGH}; here lets CVE-2026-1001 be until 2026-12-31, which is over: it counts no more"
    assert said == ([told], True)


def test_what_nothing_needs_is_told_and_fails_nothing(tmp_path, monkeypatch):
    said = scanned.verdict([], let_be(tmp_path, monkeypatch, UNTIL), "here")
    assert said == (["here lets CVE-2026-1001 be, which nothing reports: take it out"], False)


@pytest.mark.parametrize(
    "text", ['CVE-1 = "no"', "CVE-1 = { until = 2027-01-01 }", 'CVE-1 = { reason = "long enough", x = 1 }']
)
def test_an_exception_without_a_reason_is_refused(tmp_path, monkeypatch, text):
    with pytest.raises(PlimsollError, match="vulnerabilities"):
        let_be(tmp_path, monkeypatch, text)


@pytest.fixture
def report(tmp_path):
    def write(document):
        file = tmp_path / "report.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document))
        return str(file)

    return write


def test_the_command_ends_as_the_gate_decides(report, capsys):
    assert scanned.main([report(GRYPE), "--app=go-gin"]) == 1
    assert "GHSA-aaaa-bbbb-cccc, high, in openssl 3.5.1: fixed in 3.5.2\n" in capsys.readouterr().out
    assert scanned.main([report(GRYPE), "--app=go-gin", "--fail-on=critical"]) == 0
    assert capsys.readouterr().out == "2 known vulnerabilities, none count\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["/nowhere.json", "--app=go-gin"], "/nowhere.json can't be read: No such file or directory"),
        (["--app=go-gin"], "there is nothing to hold against anything"),
        (["/dev/null", "--app=none-such"], "there is no app `none-such` with a plimsoll.toml"),
        (["/dev/null", "--app=go-gin"], "/dev/null is no report of a scanner that is known here"),
    ],
)
def test_what_can_not_be_had_is_told_in_a_line(arguments, words, capsys):
    assert scanned.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"plimsoll: {words}")
    assert said.err.count("\n") == 1


@pytest.fixture
def scanner(tmp_path, monkeypatch):
    """Scanners on the path, and no others: each prints what it is given, or fails with a word."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def install(name, document=None):
        said = f"printf '%s' '{json.dumps(document)}'" if document else "echo 'database can not be had' >&2; exit 1"
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{said}\n")
        file.chmod(0o755)

    return install


def test_the_scanners_that_are_here_run_and_the_others_are_told(scanner, capsys):
    scanner("grype", {"matches": GRYPE["matches"][:1]})
    scanner("trivy")
    assert scanned.main(["--sbom=x.spdx.json", "--app=go-gin"]) == 1
    said = capsys.readouterr()
    assert "GHSA-aaaa-bbbb-cccc" in said.out
    assert [line.partition(";")[0] for line in said.err.splitlines()] == [
        "plimsoll: trivy did not run: database can not be had: see `trivy sbom --format=json --quiet x.spdx.json`",
        "plimsoll: govulncheck did not run: it is not installed: install it, or do without",
    ]


def test_where_no_scanner_runs_nothing_is_known(scanner, capsys):
    scanner("trivy")
    assert scanned.main(["--sbom=x.spdx.json", "--app=catweb"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith("plimsoll: no scanner ran, so that nothing is known")


def test_each_scanner_is_asked_only_where_it_can_read(tmp_path):
    assert set(scanned.commands(tmp_path, tmp_path)) == {"grype", "trivy"}
    (tmp_path / "requirements.lock").touch()
    assert "pip-audit" in scanned.commands(tmp_path, tmp_path)
    assert set(scanned.commands(tmp_path, tmp_path)) <= set(scanned.FOUND)
