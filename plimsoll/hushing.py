"""What keeps rules from finding something without being an exception from one: which of it there is, and what needs it.

That is a program that a plimsoll.toml allows, and what a Dockerfile tells hadolint or BuildKit not to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.facts.text import linters, silenced
from plimsoll.rules.image.contents import ALLOWING
from plimsoll.subject import Variant
from plimsoll.waivers import Standing, Waiver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.findings import Finding
    from plimsoll.pairing import Subject
    from plimsoll.rule import Rule

ALLOWED = Waiver("it is allowed there")
IGNORED = Waiver("hadolint or BuildKit is told to ignore it there")


def about(rule: Rule, subject: Subject) -> tuple[Standing, ...]:
    """What of it a rule heeds where it judges a subject."""
    if not isinstance(subject, Variant):
        return ()
    rows = (*(_allowed(subject) if rule.name in ALLOWING else ()), *(_told(subject) if subject.file else ()))
    return tuple(each for each in rows if rule.name in each.readers)


def _allowed(subject: Variant) -> Iterator[Standing]:
    for place, program in subject.allowed:
        yield Standing(program, ALLOWED, place, readers=ALLOWING)


def _told(subject: Variant) -> Iterator[Standing]:
    for code, line in silenced.told(subject.dockerfile):
        of_images = (name for name, (_, codes) in silenced.OF_IMAGES.items() if not codes.isdisjoint({code}))
        readers = tuple(dict.fromkeys([linters.owner(code), *of_images]))
        place = f"{subject.file}:{line or 1}"
        yield Standing(code, IGNORED, place, subject.file, line, line, foreign=True, readers=readers)


def needed(
    rule: Rule,
    subject: Subject,
    values: list[object],
    said: list[Finding],
    used: Iterable[Standing],
    *,
    by_text: bool,
) -> list[Standing]:
    """What of it kept a rule from finding something in a subject.

    Args:
        rule: the rule.
        subject: the subject.
        values: by what it judged.
        said: what it found.
        used: the exceptions that spared something, those among them that another linter is told.
        by_text: whether BuildKit was not asked.

    """
    if not isinstance(subject, Variant):
        return []
    ignored = {each.first for each in used if each.foreign}

    def is_needed(each: Standing) -> bool:
        if not each.foreign:
            return _without(each.rule, rule, subject, values) != said
        heeded = each.first in ignored if each.first else bool(ignored)
        return heeded or (rule.name == linters.owner(each.rule) and _is_hushed(each, subject, by_text=by_text))

    return [each for each in about(rule, subject) if is_needed(each)]


def _without(program: str, rule: Rule, subject: Variant, values: list[object]) -> list[Finding]:
    """What a rule finds once a program is not allowed."""
    without = subject.without(program)
    given = [without if isinstance(value, Variant) else value for value in values]
    return rule.function(*given)


def _is_hushed(each: Standing, subject: Variant, *, by_text: bool) -> bool:
    """Whether a linter would say something there if it were not told to ignore it."""
    codes = silenced.alike(each.rule)
    said = set() if each.rule == silenced.ALL else set(linters.unhushed(subject.dockerfile))
    if not (by_text or all(map(silenced.is_of_hadolint, codes))):
        try:
            said |= linters.unhushed_by_buildkit(subject)
        except PlimsollError:
            # Why it can't be asked is told by the rule.
            return True
    return any((code in codes or each.rule == silenced.ALL) and each.first in {0, line} for code, line in said)
