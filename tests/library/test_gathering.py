"""Each fact is gathered once, shared by content, and ended in good order: with facts that are made up."""

import itertools
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter

from plimsoll.errors import NotJudgedError, PlimsollError
from plimsoll.expectations import Endpoint
from plimsoll.facts import gathering, registry
from plimsoll.facts.gathering import Facts, Store
from plimsoll.facts.registry import Depth
from plimsoll.facts.run import told
from plimsoll.facts.run.confinement import Failure
from plimsoll.facts.run.ending import Ending
from plimsoll.facts.run.experiments import MemoryUse, WithoutEnvironment
from plimsoll.facts.run.flight import GracefulShutdown, Slow
from plimsoll.facts.run.health import Frozen, Health
from plimsoll.facts.run.side_effects import SideEffects
from plimsoll.facts.run.trial import Answers
from workshop.root import ROOT

AT_ONCE = 4

NEVER = 30
"""Seconds that nothing here takes: what waits this long waits for what never comes."""
SOON = 0.2
"""Seconds within which something that must not happen would, on a machine that is not busy."""


@pytest.fixture
def calls():
    """How often each fact was gathered."""
    return Counter()


@dataclass(frozen=True)
class Told:
    words: tuple[str, ...]
    number: int


@pytest.fixture
def kept(fact, calls):
    """Facts of a subject that is its own content; `told` holds for all that have the same."""

    @fact(Depth.IMAGE)
    def content(subject):
        return subject

    @fact(Depth.RUN, kept=Told)
    def told(subject):
        calls["told"] += 1
        return Told((subject, "é\n"), calls["told"])

    @fact(Depth.RUN, kept=Told)
    def told_else(subject):
        calls["told_else"] += 1
        return Told((subject,), -1)

    @fact(Depth.RUN)
    def own(subject):
        calls["own"] += 1
        return subject


def test_each_fact_is_gathered_once_whoever_asks(fact, calls):
    @fact(Depth.TEXT)
    def ground(subject):
        calls["ground"] += 1
        return subject + 1

    @fact(Depth.TEXT)
    def left(ground):
        calls["left"] += 1
        return ground * 2

    @fact(Depth.TEXT)
    def top(left, ground, subject):
        calls["top"] += 1
        return left, ground, subject

    facts = Facts({"subject": 1})
    assert [facts.get("top"), facts.get("ground"), facts.get("top"), facts.get("left")] == [(4, 2, 1), 2, (4, 2, 1), 4]
    assert calls == {"ground": 1, "left": 1, "top": 1}


def test_of_several_that_ask_at_once_one_gathers_and_all_wait(fact, calls, monkeypatch):
    over, waiting = threading.Event(), itertools.count(1)

    class Waited(Future):
        def result(self, timeout=None):
            if not self.done() and next(waiting) == 7:
                over.set()
            return super().result(timeout)

    @fact(Depth.TEXT)
    def slow():
        calls["slow"] += 1
        assert over.wait(NEVER), "the others do not wait"
        return object()

    monkeypatch.setattr(gathering, "Future", Waited)
    facts = Facts({"subject": 1})
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(facts.get, ["slow"] * 8))
    assert calls == {"slow": 1}
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    "error", [PlimsollError("no socket is left", "close some"), NotJudgedError("too old"), KeyError(7)]
)
def test_what_can_not_be_gathered_is_tried_once_and_told_to_all_who_want_it_alone(fact, calls, error):
    @fact(Depth.TEXT)
    def broken():
        calls["broken"] += 1
        raise error

    @fact(Depth.TEXT)
    def above(broken):
        return broken

    @fact(Depth.TEXT)
    def beside():
        return "there"

    facts = Facts({"subject": 1})
    for name in ("broken", "above", "above", "broken"):
        with pytest.raises(type(error)) as told:
            facts.get(name)
        assert told.value is error
    assert facts.get("beside") == "there"
    assert calls == {"broken": 1}


@pytest.mark.usefixtures("kept")
def test_a_kept_fact_is_shared_by_all_of_the_same_content(calls):
    store = Store()
    found = [Facts({"subject": subject}, store).get("told") for subject in ("a", "a", "b", "a")]
    assert found == [Told(("a", "é\n"), 1), Told(("a", "é\n"), 1), Told(("b", "é\n"), 2), Told(("a", "é\n"), 1)]
    assert calls == {"told": 2}
    assert (store.gathered, store.shared) == (2, 2)


@pytest.mark.usefixtures("kept")
def test_two_facts_of_the_same_content_are_two():
    facts = Facts({"subject": "a"}, Store())
    assert facts.get("told") != facts.get("told_else")
    assert len(facts.keys) == 2


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("name", "store"), [("own", Store()), ("told", None)], ids=["of another kind", "no store"])
def test_what_is_not_kept_is_gathered_for_each(calls, name, store):
    for _ in range(2):
        Facts({"subject": "a"}, store).get(name)
    assert calls == {name: 2}


@pytest.mark.usefixtures("kept")
def test_what_failed_is_not_kept(fact, calls):
    @fact(Depth.RUN, kept=str)
    def fails_once():
        calls["fails_once"] += 1
        if calls["fails_once"] == 1:
            raise PlimsollError("by chance", "try again")
        return "well"

    store = Store()
    with pytest.raises(PlimsollError, match="by chance"):
        Facts({"subject": "a"}, store).get("fails_once")
    assert Facts({"subject": "a"}, store).get("fails_once") == "well"


SCRIPT = """
import sys
from pathlib import Path
from plimsoll.facts.gathering import Facts, Store
from plimsoll.facts.registry import FACTS, Depth, fact
FACTS.clear()

@fact(Depth.IMAGE)
def content(subject):
    return subject

@fact(Depth.RUN, kept=list[str])
def told(subject):
    return [sys.argv[2]]

print(*Facts({"subject": sys.argv[3]}, Store(Path(sys.argv[1]))).get("told"))
"""


def test_a_kept_fact_is_shared_with_other_processes(tmp_path):
    def told(value, content):
        command = [sys.executable, "-c", SCRIPT, str(tmp_path), value, content]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    assert [told("first", "a"), told("second", "a"), told("third", "b")] == ["first", "first", "third"]


DAMAGE = {
    "empty": lambda _: b"",
    "half of it": lambda content: content[: len(content) // 2],
    "no text": lambda _: b"\xff\xfe\x00",
    "null": lambda _: b"null",
    "another document": lambda _: b'{"words": []}',
    "of another type": lambda _: b'{"words": "a", "number": 1}',
    "a list": lambda _: b"[]",
    "depths": lambda _: b"[" * 100_000,
}


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_made_anew(calls, tmp_path, damage):
    def told():
        return Facts({"subject": "a"}, Store(tmp_path)).get("told").number

    assert [told(), told()] == [1, 1]
    (file,) = tmp_path.rglob("*.json")
    file.write_bytes(damage(file.read_bytes()))
    assert [told(), told()] == [2, 2]
    assert calls == {"told": 2}
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [file]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("persistent", [True, False], ids=["in a folder", "in memory"])
def test_what_is_forgotten_is_gathered_anew(calls, tmp_path, persistent):
    store = Store(tmp_path if persistent else None)
    first = Facts({"subject": "a"}, store)
    first.get("told")
    for key in first.keys:
        store.forget(key)
    Facts({"subject": "a"}, store).get("told")
    assert calls == {"told": 2}


ENDPOINT = {"path": "/", "json": {"a": [1, None]}, "variants": ["prod"], "headers": {"A": "b"}}
EXAMPLES = {
    bool: True,
    list[Failure]: [Failure("GET /", "all capabilities are dropped", "it ended")],
    list[Slow]: [Slow(Endpoint(path="/"), 0.4)],
    Answers: Answers("not yet", 1, False, "gone", 80, (("GET /", "404"),), (Endpoint.model_validate(ENDPOINT),)),
    Ending: Ending("SIGTERM", 137, 1.5, "\x00é\ufffd", told.Told("tini", True, "sh -c x", "x")),
    GracefulShutdown: GracefulShutdown("SIGQUIT", "half sent", "its answer broke off"),
    MemoryUse: MemoryUse(10**12, 0, 2, "killed"),
    WithoutEnvironment: WithoutEnvironment(None, (), "said"),
    Health: Health("healthy", "ok"),
    Frozen: Frozen("healthy", "unhealthy", "healthy"),
    SideEffects: SideEffects(("8080/tcp",), ("/x y",), (), ("sh",), (("nginx: worker process", 101),)),
    str: "why",
}
"""One of each kind that the catalogue keeps."""


KEPT = {each.name: each.kept for each in registry.FACTS.values() if each.kept}


@pytest.mark.parametrize("kind", KEPT.values(), ids=KEPT)
def test_what_is_kept_is_read_as_it_was(tmp_path, kind):
    Store(tmp_path).write("key", EXAMPLES[kind], TypeAdapter(kind))
    assert Store(tmp_path).read("key", TypeAdapter(kind)) == [EXAMPLES[kind]]


@pytest.fixture
def ended(fact):
    """Three facts that each have something to end, one made from the other, and the order in which they were ended."""
    order = []

    @fact(Depth.RUN)
    def first():
        try:
            yield "first"
        finally:
            order.append("first")

    @fact(Depth.RUN)
    def second(first):
        try:
            yield f"{first}, second"
        finally:
            order.append("second")

    @fact(Depth.RUN)
    def third(second):
        yield f"{second}, third"
        order.append("third")
        raise PlimsollError("it does not end", "end it")

    @fact(Depth.RUN)
    def broken(second):
        raise PlimsollError(f"no socket is left beside {second}", "close some")
        yield

    return order


def test_what_has_something_to_end_is_ended_in_reverse_order(ended):
    with Facts({"subject": 1}) as facts:
        assert facts.get("second") == "first, second"
        assert facts.get("second") == "first, second"
        assert ended == []
    assert ended == ["second", "first"]


def test_what_was_never_gathered_is_not_ended(ended):
    with Facts({"subject": 1}) as facts:
        facts.get("first")
    assert ended == ["first"]


def test_after_a_fault_all_is_ended(ended):
    with pytest.raises(PlimsollError, match="no socket"), Facts({"subject": 1}) as facts:
        facts.get("broken")
    assert ended == ["second", "first"]


def test_what_does_not_end_keeps_nothing_else_from_it_and_is_told(ended):
    with pytest.raises(PlimsollError, match="it does not end"), Facts({"subject": 1}) as facts:
        assert facts.get("third") == "first, second, third"
    assert ended == ["third", "second", "first"]


@pytest.fixture
def many(fact):
    """A function that makes facts of a body: twice as many as are gathered at once, the last of which fails."""

    def make(body, **kind):
        names = [f"number_{number}" for number in range(2 * AT_ONCE)]

        def made(name):
            def function(subject):
                body(name)
                if name == names[-1]:
                    raise PlimsollError(f"{name} of {subject} can't be gathered", "try again")
                return f"{name} of {subject}"

            function.__name__ = name
            return function

        for name in names:
            fact(Depth.RUN, **kind)(made(name))
        return names

    return make


def found(facts, names):
    """What each fact is, or why it can't be gathered."""
    told = {}
    for name in names:
        try:
            told[name] = facts.get(name)
        except PlimsollError as error:
            told[name] = str(error)
    return told


@pytest.mark.usefixtures("kept")
def test_what_mostly_waits_is_gathered_side_by_side_but_not_all_at_once(many):
    lock, under_way = threading.Lock(), []
    together, more = threading.Barrier(AT_ONCE), threading.Event()

    def wait(name):
        with lock:
            under_way.append(name)
            if len(under_way) > AT_ONCE:
                more.set()
        # Broken, and an error, unless that many are under way together.
        together.wait(NEVER)
        assert not more.wait(SOON), "one more is under way"
        with lock:
            under_way.remove(name)
        # Nobody begins another before all of these have left, or it would be counted with them.
        together.wait(NEVER)

    names = many(wait, kept=str)
    facts = Facts({"subject": "a"}, Store())
    facts.prepare(names, AT_ONCE)
    assert list(found(facts, names).values())[:-1] == [f"{name} of a" for name in names[:-1]]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("prepared", [True, False], ids=["prepared", "asked for at once"])
def test_what_uses_the_same_container_takes_turns(many, prepared):
    lock, order = threading.Lock(), []

    def alone(name):
        assert lock.acquire(blocking=False), "another is under way"
        assert not threading.Event().wait(SOON / 10)
        order.append(name)
        lock.release()

    names = many(alone, kept=str, turns=True)
    facts = Facts({"subject": "a"}, Store())
    if prepared:
        facts.prepare(names, AT_ONCE)
        assert order == names
    with ThreadPoolExecutor(len(names)) as pool:
        assert [*pool.map(facts.get, names[:-1])] == [f"{name} of a" for name in names[:-1]]


@pytest.mark.usefixtures("kept")
def test_results_do_not_depend_on_what_is_gathered_side_by_side(many):
    names = many(lambda _: None, kept=str)
    results = []
    for prepared in ([], names, names[::-1], names[-1:], [*names, "subject", "own"]):
        facts = Facts({"subject": "a"}, Store())
        facts.prepare(prepared, AT_ONCE)
        results.append(found(facts, names))
    assert results == results[:1] * len(results)
    assert results[0][names[-1]] == f"{names[-1]} of a can't be gathered: try again"


@pytest.mark.usefixtures("kept")
def test_what_was_prepared_is_not_gathered_again(many, calls):
    names = many(lambda name: calls.update([name]), kept=str)
    facts = Facts({"subject": "a"}, Store())
    facts.prepare(names, AT_ONCE)
    assert calls == dict.fromkeys(names, 1)
    found(facts, names)
    assert calls == dict.fromkeys(names, 1)


@pytest.mark.usefixtures("kept")
def test_an_interruption_ends_it(many):
    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Facts({"subject": "a"}, Store()).prepare(many(interrupt, kept=str), AT_ONCE)


def test_what_begins_while_all_else_ends_is_ended_too(fact):
    """As a container that a thread starts after an interruption: at the very end of the process nobody could."""
    begins, over, ended = threading.Event(), threading.Event(), threading.Event()

    @fact(Depth.RUN)
    def late(subject):
        begins.set()
        over.wait(NEVER)
        yield subject
        ended.set()

    with ThreadPoolExecutor(1) as pool:
        with Facts({"subject": "one"}) as facts:
            pool.submit(facts.get, "late")
            assert begins.wait(NEVER)
        over.set()
    assert ended.is_set()


def test_nothing_is_gathered_any_more_once_it_is_over(fact, calls):
    @fact(Depth.RUN)
    def late(subject):
        calls["late"] += 1
        return subject

    with Facts({"subject": "one"}) as facts:
        pass
    with pytest.raises(InterruptedError):
        facts.get("late")
    assert calls["late"] == 0


def test_it_is_known_what_is_under_way(fact):
    seen = []

    @fact(Depth.TEXT)
    def below():
        seen.append(set(facts.under_way))
        return 1

    @fact(Depth.TEXT)
    def above(below):
        seen.append(set(facts.under_way))
        raise PlimsollError(f"{below} socket is left", "close some")

    facts = Facts({"subject": 1})
    with pytest.raises(PlimsollError):
        facts.get("above")
    assert seen == [{"below"}, {"above"}]
    assert facts.under_way == {}
