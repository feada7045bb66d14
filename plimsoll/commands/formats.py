"""What `plimsoll check` found, in the forms that people and other programs read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from plimsoll.commands import places
from plimsoll.commands.sarif import sarif

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plimsoll.commands.judge import Judgement
    from plimsoll.findings import Finding


def text(judgements: list[Judgement]) -> str:
    """A line for each finding, and a summary."""
    lines = [
        f"{places.words(judgement, finding)}: {judgement.rule}: {finding.found}: {finding.mend}".rstrip().replace(
            "\n", "\n    "
        )
        for judgement, finding in _found(judgements)
    ]
    if lines:
        lines.append("")
    lines += [f"waived: {each.subject}: {each.rule}: {each.waived}" for each in judgements if each.waived]
    reasons: dict[str, list[str]] = {}
    for each in judgements:
        if each.unjudged:
            reasons.setdefault(f"{each.subject}: {each.unjudged}", []).append(each.rule)
    lines += [f"not judged: {reason} ({', '.join(names)})" for reason, names in reasons.items()]
    return "\n".join([*lines, _summary(judgements)]) + "\n"


def _summary(judgements: list[Judgement]) -> str:
    judged = {each.rule for each in judgements if not each.unjudged}
    broken = {each.rule for each in judgements if each.findings}
    number = sum(len(each.findings) for each in judgements)
    subjects = len({each.subject for each in judgements})
    findings = f"{number} finding{'' if number == 1 else 's'}"
    by = f" by {', '.join(sorted(broken))}" if broken else ""
    return f"{findings}{by}; {len(judged)} rules judged {subjects} subject{'' if subjects == 1 else 's'}"


def as_json(judgements: list[Judgement]) -> str:
    """Every judgement as a JSON document."""
    rows = [
        {
            "rule": each.rule,
            "subject": each.subject,
            "kept": not (each.findings or each.waived or each.unjudged),
            "findings": [vars(finding) for finding in each.findings],
            "waived": each.waived or None,
            "unjudged": each.unjudged or None,
        }
        for each in judgements
    ]
    return json.dumps({"judgements": rows}, indent=2) + "\n"


def junit(judgements: list[Judgement]) -> str:
    """A test case for each judgement, as JUnit writes them."""
    suite = ElementTree.Element(
        "testsuite",
        name="plimsoll",
        tests=str(len(judgements)),
        failures=str(sum(1 for each in judgements if each.findings)),
        errors="0",
        skipped=str(sum(1 for each in judgements if each.waived or each.unjudged)),
    )
    for each in judgements:
        case = ElementTree.SubElement(suite, "testcase", classname=each.subject, name=each.rule)
        if each.findings:
            words = "\n".join(str(finding) for finding in each.findings)
            ElementTree.SubElement(case, "failure", message=_printable(each.findings[0].found)).text = _printable(words)
        elif each.waived or each.unjudged:
            ElementTree.SubElement(case, "skipped", message=_printable(each.waived or each.unjudged))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _printable(words: str) -> str:
    """Text without the control characters that XML can't hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\N{REPLACEMENT CHARACTER}", words)


def github(judgements: list[Judgement]) -> str:
    """Workflow commands, which GitHub Actions shows as annotations."""
    lines = []
    for judgement, finding in _found(judgements):
        where = ""
        if place := places.of(judgement, finding):
            where = f"file={_property(place.relative)},line={place.line},"
        words = f"{places.words(judgement, finding)}: {finding.found}: {finding.mend}"
        lines.append(f"::error {where}title={_property(judgement.rule)}::{_data(words)}")
    return "".join(f"{line}\n" for line in lines)


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def _found(judgements: list[Judgement]) -> Iterator[tuple[Judgement, Finding]]:
    for judgement in judgements:
        for finding in judgement.findings:
            yield judgement, finding


FORMATS: dict[str, Callable[[list[Judgement]], str]] = {
    "text": text,
    "json": as_json,
    "junit": junit,
    "sarif": sarif,
    "github": github,
}
