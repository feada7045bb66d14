"""What was found as people read it in a terminal: a line for what is alike, the gravest first, and a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll import HOME
from plimsoll.commands.formats import wording
from plimsoll.commands.options import USUAL, Showing

if TYPE_CHECKING:
    from plimsoll.commands.formats.wording import Alike
    from plimsoll.runner import Result


def text(results: list[Result], showing: Showing = USUAL) -> str:
    """All in one: what was found, and the summary."""
    return findings(results, showing) + closing(results, showing)


def findings(results: list[Result], showing: Showing = USUAL) -> str:
    """The lines of some results' findings; whatever else is judged later has its own."""
    told = wording.alike(results, showing.least, apart=showing.verbose)
    return wording.printable("".join(_line(each, showing) for each in told))


def _line(each: Alike, showing: Showing) -> str:
    first = each.finding
    found = f"{first.found} ({each.more})" if each.more else first.found
    line = f"{each.where}: {each.rule.level.value}: {each.rule}: {found}: {first.fix}"
    if showing.verbose:
        line += f"\n{each.rule.address}"
    return line.rstrip().replace("\n", "\n    ") + "\n"


def closing(results: list[Result], showing: Showing = USUAL) -> str:
    """What is told after all findings: what is below the level that is told, what was not judged, and the figures."""
    told = bool(wording.alike(results, showing.least))
    below = wording.untold(results, showing.least)
    lines = [""] if told else []
    lines += [f"{below}; --verbose shows them"] if below else []
    lines += [f"waived: {each.subject}: {each.rule}: {each.waived}" for each in results if each.waived]
    lines += [f"not judged: {reason}" for reason in wording.reasons(results, every=showing.verbose)]
    lines += _left_out(results, showing)
    if told and not showing.verbose:
        lines.append(f"why and how to waive: `plimsoll explain RULE`, or {HOME}/blob/main/docs/rules.md")
    return wording.printable("\n".join([*lines, wording.summary(results)])) + "\n"


def _left_out(results: list[Result], showing: Showing) -> list[str]:
    """What would have rules asked that were not."""
    left = wording.left_out(results)
    if showing.verbose:
        return [f"left out: {reason} ({', '.join(rules)})" for reason, rules in left.items()]
    rules = {rule for each in left.values() for rule in each}
    they = "it" if len(rules) == 1 else "they"
    return [f"left out: {wording.number(len(rules), 'rule')}; --verbose tells what {they} would need"] if rules else []
