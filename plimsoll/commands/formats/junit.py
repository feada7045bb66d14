"""What was found as test cases, one for each rule and subject, as JUnit writes them and most CI systems show them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from plimsoll.commands import places
from plimsoll.commands.formats import wording
from plimsoll.commands.options import USUAL, Showing

if TYPE_CHECKING:
    from plimsoll.runner import Result


def junit(results: list[Result], showing: Showing = USUAL) -> str:
    """A test suite for each subject; what fails the run is a failure, and what was found below that is told beside."""
    root = ElementTree.Element("testsuites", name="plimsoll")
    for subject in dict.fromkeys(each.subject for each in results):
        root.append(_suite(subject, [each for each in results if each.subject == subject], showing))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(subject: str, results: list[Result], showing: Showing) -> ElementTree.Element:
    cases = [_case(each, showing) for each in results]
    attributes = {"name": wording.printable(subject), "tests": str(len(cases))}
    for what, tag in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
        attributes[what] = str(sum(case.find(tag) is not None for case in cases))
    suite = ElementTree.Element("testsuite", attributes)
    suite.extend(cases)
    return suite


def _case(result: Result, showing: Showing) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=wording.printable(result.subject), name=str(result.rule))

    def say(tag: str, words: str, **attributes: str) -> None:
        told = {name: wording.printable(value) for name, value in attributes.items()}
        ElementTree.SubElement(case, tag, told).text = wording.printable(words)

    lines = [f"{places.words(result, each)}: {each.found}: {each.fix}" for each in result.findings]
    words = "\n".join([*lines, result.rule.address])
    if result.fault:
        say("error", result.rule.address, message=result.unjudged, type="not judged")
    elif result.findings and result.rule.level.reaches(showing.fail_on):
        say("failure", words, message=result.findings[0].found.partition("\n")[0], type=result.rule.level.value)
    elif result.findings:
        say("system-out", f"{result.rule.level.value}: {words}")
    elif why := result.waived or result.unjudged or result.left_out:
        say("skipped", "", message=why)
    return case
