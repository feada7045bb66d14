"""What a rule is: a function from facts to findings, how grave it is to break it, and what it judges."""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import pkgutil
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from plimsoll import HOME, rules
from plimsoll.errors import PlimsollError
from plimsoll.facts import written  # noqa: F401 - it has the facts that tell what is of the text
from plimsoll.facts.registry import Depth, depth_of, is_written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plimsoll.findings import Finding

    Judgement = Callable[..., list[Finding]]


class Level(Enum):
    """How grave it is to break a rule."""

    ERROR = "error"
    """It breaks, leaks or lies."""

    WARNING = "warning"
    """It will cost."""

    NOTE = "note"
    """It hardens or saves, beyond what is common practice."""

    @property
    def rank(self) -> int:
        """Its number among the levels, the gravest first."""
        return list(Level).index(self)

    def reaches(self, other: Level) -> bool:
        """Whether it is as grave as another, or graver."""
        return self.rank <= other.rank


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        name: what it promises.
        group: what it is about: the name of its file, or of the folder of its file.
        why: its docstring.
        level: how grave it is to break it.
        function: judges.
        wants: the facts that it judges, which are the function's parameters.
        production: it judges only what is meant for production.
        started: it judges only what containers are started from.
        serves: it judges only what listens and stays.
        endpoints: it judges only what promises endpoints.
        environment: it judges only what is given an environment.
        budget: it judges only what has a budget.
        uses: it judges only what makes use of all of these: see `rebuild.uses`.
        thorough: what it asks for takes more than ten seconds by itself, so that it is asked only on demand.
        decided_by: the name of a rule that looks further and finds nothing where this one is wrong; empty for none.

    """

    name: str
    group: str
    why: str
    level: Level
    function: Judgement
    wants: tuple[str, ...]
    production: bool = False
    started: bool = False
    serves: bool = False
    endpoints: bool = False
    environment: bool = False
    budget: bool = False
    uses: tuple[str, ...] = ()
    thorough: bool = False
    decided_by: str = ""

    def __str__(self) -> str:
        """As it is printed: its group and its name."""
        return f"{self.group}.{self.name}"

    @property
    def reason(self) -> str:
        """Why it is there, in a line."""
        return self.why.splitlines()[0]

    @property
    def of_text(self) -> bool:
        """Whether it asks for nothing but what is written."""
        return all(map(is_written, self.wants))

    @property
    def depth(self) -> Depth:
        """How far it looks: as far as the facts that it asks for."""
        return max((depth_of(name) for name in self.wants), default=Depth.TEXT)

    @property
    def address(self) -> str:
        """Where it is explained: its place in docs/rules.md, on the web."""
        return f"{HOME}/blob/main/docs/rules.md#{self.name}"

    @property
    def place(self) -> str:
        """Where it stands, as `file:line`."""
        return f"{inspect.getsourcefile(self.function)}:{self.function.__code__.co_firstlineno}"


_rules: dict[str, Rule] = {}


def rule(  # noqa: D417 - the others are the rule's own
    level: Level,
    *,
    production: bool = False,
    started: bool = False,
    serves: bool = False,
    endpoints: bool = False,
    environment: bool = False,
    budget: bool = False,
    uses: tuple[str, ...] = (),
    thorough: bool = False,
    decided_by: str = "",
) -> Callable[[Judgement], Judgement]:
    """Make a function a rule.

    Args:
        level: how grave it is to break it; what else is given narrows what it judges, or when, as `Rule` tells.

    """

    def make(function: Judgement) -> Judgement:
        name = function.__name__
        _rules[name] = Rule(
            name=name,
            group=function.__module__.removeprefix(f"{rules.__name__}.").partition(".")[0],
            why=inspect.getdoc(function) or "",
            level=level,
            function=function,
            wants=tuple(inspect.signature(function).parameters),
            production=production,
            started=started,
            serves=serves,
            endpoints=endpoints,
            environment=environment,
            budget=budget,
            uses=uses,
            thorough=thorough,
            decided_by=decided_by,
        )
        return function

    return make


@functools.cache
def every_rule() -> dict[str, Rule]:
    """Every rule by its name, in the order of the files."""
    for module in sorted(module.name for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}.")):
        importlib.import_module(module)
    # Whoever imports one of the files before must not change the order.
    in_order = sorted(
        _rules.values(), key=lambda each: (each.function.__module__, each.function.__code__.co_firstlineno)
    )
    return {each.name: each for each in in_order}


def require_known(names: Iterable[str], place: object) -> None:
    """Refuse what is waived and is no rule.

    Args:
        names: the rules that are waived, each with its group or without.
        place: the file that waives them.

    Raises:
        PlimsollError: one of them does not exist.

    """
    for name in names:
        if _named(name) is None:
            raise PlimsollError(f"{place} waives `{name}`, which is no rule", _nearest(name))


def rule_named(name: str) -> Rule:
    """The rule of a name, given with its group or without.

    Raises:
        PlimsollError: there is none.

    """
    if found := _named(name):
        return found
    raise PlimsollError(f"there is no rule `{name}`", _nearest(name))


def _named(name: str) -> Rule | None:
    group, _, own = name.rpartition(".")
    found = every_rule().get(own)
    return found if found and group in {"", found.group} else None


def _nearest(name: str) -> str:
    """What may have been meant by a name that no rule has."""
    names = [*every_rule(), *map(str, every_rule().values())]
    meant = [f"do you mean `{each}`? " for each in difflib.get_close_matches(name, names, n=1)]
    return "".join(meant) + "`plimsoll rules` lists them"
