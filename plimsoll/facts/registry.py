"""What a fact is: a function whose parameters are the facts that it is gathered from."""

from __future__ import annotations

import functools
import importlib
import inspect
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    Function = TypeVar("Function", bound=Callable[..., Any])


class Depth(IntEnum):
    """How far one has to look to learn a fact, and what that costs."""

    TEXT = 0
    """Files are read."""

    IMAGE = 1
    """The image must be there."""

    BUILD = 2
    """Something is built."""

    RUN = 3
    """A container is started."""


SUBJECTS = {"subject", "composition"}
"""What is judged is known from the start: no function gathers it."""

CONTENT = "content"
"""The fact by which kept ones are known."""

CATALOGUE = "plimsoll.facts.catalogue"
"""The module of the facts that take more than reading: it takes long to load, and so is not before one is asked for."""


@dataclass(frozen=True)
class Fact:
    """One fact.

    Attributes:
        name: by which rules and other facts ask for it.
        depth: how far is looked to learn it, beside what it is gathered from.
        function: gathers it; one that yields it has something to end afterwards.
        wants: what it is gathered from.
        kept: its type, where it holds for every subject of the same content, so that one container serves them all.
        turns: whether it uses the container that others use as well, and so waits for its turn.

    """

    name: str
    depth: Depth
    function: Callable[..., Any]
    wants: tuple[str, ...]
    kept: type[Any] | None
    turns: bool

    @property
    def lives(self) -> bool:
        """Whether it has something to end afterwards."""
        return inspect.isgeneratorfunction(self.function)


FACTS: dict[str, Fact] = {}


def fact(depth: Depth, *, kept: type[Any] | None = None, turns: bool = False) -> Callable[[Function], Function]:
    """Make a function a fact of its name.

    Args:
        depth: how far it looks.
        kept: its type, which JSON can tell, where it holds for every subject of the same content.
        turns: whether it uses the container that others use as well.

    """

    def make(function: Function) -> Function:
        wants = tuple(inspect.signature(function).parameters)
        FACTS[function.__name__] = Fact(function.__name__, depth, function, wants, kept, turns)
        return function

    return make


def named(name: str) -> Fact:
    """The fact of a name.

    Raises:
        KeyError: there is none.

    """
    if name not in FACTS:
        importlib.import_module(CATALOGUE)
    return FACTS[name]


@functools.cache
def depth_of(name: str) -> Depth:
    """How far one has to look to learn a fact, all that it is gathered from included."""
    if name in SUBJECTS:
        return Depth.TEXT
    known = named(name)
    return max([known.depth, *(depth_of(each) for each in known.wants)])


def is_written(name: str) -> bool:
    """Whether a fact is learned by reading alone; the catalogue is not loaded for that, which has none of these."""
    return name in SUBJECTS or (name in FACTS and depth_of(name) is Depth.TEXT)
