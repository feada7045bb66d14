"""What `plimsoll check` found, in the forms that people and other programs read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from plimsoll.commands import places
from plimsoll.commands.sarif import sarif
from plimsoll.rule import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from plimsoll.findings import Finding
    from plimsoll.runner import Result

COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
"""What GitHub calls the levels."""


def text(results: list[Result]) -> str:
    """A line for each finding, the gravest first, and a summary."""
    lines = [
        f"{places.words(result, finding)}: {result.rule.level.value}: {result.rule}: {finding.found}: {finding.fix}"
        for result, finding in _found(results)
    ]
    lines = [line.rstrip().replace("\n", "\n    ") for line in lines]
    if lines:
        lines.append("")
    lines += [f"waived: {each.subject}: {each.rule}: {each.waived}" for each in results if each.waived]
    lines += [f"not judged: {reason} ({rules})" for reason, rules in _reasons(results, "unjudged").items()]
    lines += [f"left out: {reason} ({rules})" for reason, rules in _reasons(results, "left_out").items()]
    return "\n".join([*lines, _summary(results)]) + "\n"


def _reasons(results: list[Result], why: str = "unjudged") -> dict[str, str]:
    """Why rules said nothing, each reason once, with the rules that it kept from judging."""
    reasons: dict[str, list[str]] = {}
    for each in results:
        if reason := getattr(each, why):
            reasons.setdefault(f"{each.subject}: {reason}", []).append(str(each.rule))
    return {reason: ", ".join(rules) for reason, rules in reasons.items()}


def _summary(results: list[Result]) -> str:
    levels = [result.rule.level for result, _ in _found(results)]
    judged = len({str(each.rule) for each in results if not (each.unjudged or each.left_out)})
    subjects = len({each.subject for each in results})
    parts = [_number(levels.count(level), level.value) for level in Level if level in levels]
    found = _number(len(levels), "finding") + (f" ({', '.join(parts)})" if parts else "")
    return f"{found}; {_number(judged, 'rule')} judged {_number(subjects, 'subject')}"


def _number(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def as_json(results: list[Result]) -> str:
    """Every result as a JSON document."""
    rows = [
        {
            "rule": str(each.rule),
            "level": each.rule.level.value,
            "subject": each.subject,
            "passed": not (each.findings or each.waived or each.unjudged or each.left_out),
            "findings": [vars(finding) for finding in each.findings],
            "waived": each.waived or None,
            "not_judged": each.unjudged or None,
            "left_out": each.left_out or None,
        }
        for each in results
    ]
    return json.dumps({"results": rows}, indent=2) + "\n"


def junit(results: list[Result]) -> str:
    """A test case for each result, as JUnit writes them."""
    suite = ElementTree.Element(
        "testsuite",
        name="plimsoll",
        tests=str(len(results)),
        failures=str(sum(1 for each in results if each.findings)),
        errors="0",
        skipped=str(sum(map(bool, map(_unsaid, results)))),
    )
    for each in results:
        case = ElementTree.SubElement(suite, "testcase", classname=each.subject, name=str(each.rule))
        if each.findings:
            words = "\n".join(str(finding) for finding in each.findings)
            ElementTree.SubElement(case, "failure", message=_printable(each.findings[0].found)).text = _printable(words)
        elif why := _unsaid(each):
            ElementTree.SubElement(case, "skipped", message=_printable(why))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _unsaid(result: Result) -> str:
    """Why a rule said nothing of a subject, empty where it did."""
    return result.waived or result.unjudged or result.left_out


def _printable(words: str) -> str:
    """Text without the control characters that XML can't hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\N{REPLACEMENT CHARACTER}", words)


def github(results: list[Result]) -> str:
    """Workflow commands, which GitHub Actions shows as annotations."""
    lines = []
    for result, finding in _found(results):
        where = ""
        if place := places.of(result, finding):
            where = f"file={_property(place.relative)},line={place.line},"
        words = f"{places.words(result, finding)}: {finding.found}: {finding.fix}"
        lines.append(f"::{COMMANDS[result.rule.level]} {where}title={_property(str(result.rule))}::{_data(words)}")
    for reason, rules in _reasons(results).items():
        lines.append(f"::warning title={_property('not judged')}::{_data(f'{reason} ({rules})')}")
    return "".join(f"{line}\n" for line in lines)


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def _found(results: list[Result]) -> list[tuple[Result, Finding]]:
    """Every finding with its result, the gravest first."""
    graveness = list(Level)
    found = [(result, finding) for result in results for finding in result.findings]
    return sorted(found, key=lambda pair: graveness.index(pair[0].rule.level))


FORMATS: dict[str, Callable[[list[Result]], str]] = {
    "text": text,
    "json": as_json,
    "junit": junit,
    "sarif": sarif,
    "github": github,
}
