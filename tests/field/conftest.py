"""Judging as an owner would: `plimsoll check` of a copy of a folder, which is in no clone, or of an image."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from plimsoll.facts.run import ownership

BOUND = 300
"""Seconds after which a judgement is given up."""


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Judges a folder or an image by its name: what the command prints."""
    monkeypatch.delenv(ownership.ENVIRONMENT, raising=False)

    def judge(subject, *options):
        if isinstance(subject, Path):
            copy = tmp_path / subject.name
            shutil.copytree(subject, copy, ignore=shutil.ignore_patterns("CASE.toml"))
            subject = copy
        command = [sys.executable, "-m", "plimsoll", "check", subject, "--quiet", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=BOUND, check=False)
        assert done.returncode in {0, 1, 2}, done.stderr
        return done.stdout

    return judge


@pytest.fixture
def ask(told):
    """Judges likewise: what is found by level, as words, and what is not judged and why."""

    def judge(subject, *options):
        results = json.loads(told(subject, "--output=json", *options))["results"]
        return SimpleNamespace(
            error=_words(results, "error"),
            warning=_words(results, "warning"),
            not_judged={each["rule"]: each["not_judged"] for each in results if each["not_judged"]},
            rules={each["rule"] for each in results},
        )

    return judge


def _words(results, level):
    return [
        f"{each['rule']}: {finding['place']}: {finding['found']}"
        for each in results
        for finding in each["findings"]
        if each["level"] == level
    ]
