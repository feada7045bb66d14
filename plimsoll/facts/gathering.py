"""Gathering the facts of one subject: each once, when it is first asked for, from those that it is made of."""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from plimsoll import whole
from plimsoll.facts.registry import CONTENT, SUBJECTS, named
from plimsoll.facts.run import launch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import TypeAdapter

    from plimsoll.facts.registry import Fact


class Store:
    """Facts that hold for every subject of the same content.

    Args:
        folder: where they are also kept for other processes and later runs; None for this process alone.

    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[str, bytes] = {}
        self.gathered = 0
        self.shared = 0

    def read(self, key: str, form: TypeAdapter[Any]) -> list[Any]:
        """The fact of a key, in a list that is empty where it is not known."""
        found = [form.validate_json(self._known[key])] if key in self._known else []
        if not found and self._folder:
            # In a list: a fact may be anything, and nothing too.
            found = whole.read(self._file(key), lambda content: [form.validate_json(content)]) or []
        self.shared += len(found)
        return found

    def write(self, key: str, value: object, form: TypeAdapter[Any]) -> None:
        """Keep a fact."""
        self.gathered += 1
        # By the names under which it is read again.
        self._known[key] = content = form.dump_json(value, by_alias=True)
        if self._folder:
            whole.keep(self._file(key), content)

    def forget(self, key: str) -> None:
        """Keep a fact no longer."""
        self._known.pop(key, None)
        if self._folder:
            self._file(key).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return (self._folder or Path()) / key[:2] / f"{key}.json"


class Facts:
    """The facts of one subject, and what has to be ended once they are no longer needed.

    Args:
        given: what is judged, by the name under which rules ask for it.
        store: of facts that other subjects of the same content share; None where there is no other.

    """

    def __init__(self, given: Mapping[str, object], store: Store | None = None) -> None:
        self._given = dict(given)
        self._store = store
        self._lock = threading.Lock()
        self._turn = threading.RLock()
        self._gathered: dict[str, Future[Any]] = {}
        self._stack = ExitStack()
        self._over = False
        self.keys: set[str] = set()
        self.under_way: dict[str, float] = {}

    def __enter__(self) -> Facts:
        """Begin to gather, once no crowd is left of what was gathered before."""
        launch.settle(launch.MANY)
        return self

    def __exit__(self, *_: object) -> None:
        """End what has to be ended, and gather no more: after an interruption a thread may still be about to."""
        self._over = True
        self._stack.close()

    def get(self, name: str) -> Any:  # noqa: ANN401 - of whatever type the fact is
        """A fact.

        Raises:
            PlimsollError: it can't be gathered; told as often as it is asked for, and tried once.

        """
        if name in SUBJECTS:
            return self._given[name]
        with self._lock:
            future = self._gathered.get(name)
            if future is None:
                mine = self._gathered[name] = Future()
        if future is not None:
            return future.result()
        try:
            mine.set_result(self._gather(named(name)))
        except BaseException as error:  # noqa: BLE001 - raised by `result`, to whoever asks
            mine.set_exception(error)
        return mine.result()

    def prepare(self, names: Iterable[str], at_once: int) -> None:
        """Gather those of some facts side by side that mostly wait; whatever goes wrong is told to who asks for it.

        Args:
            names: of the facts.
            at_once: how many are gathered together.

        """
        wanted = [named(name) for name in names if name not in SUBJECTS]
        turns = [each.name for each in wanted if each.turns]
        others = [each.name for each in wanted if each.kept and not each.turns]
        pool = ThreadPoolExecutor(at_once)
        try:
            list(pool.map(self._try_all, [turns, *([name] for name in others)]))
        finally:
            # After an interruption nobody waits for them: their containers are about to be removed.
            pool.shutdown(wait=False, cancel_futures=True)

    def _try_all(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(Exception):  # kept for who asks for it
                self.get(name)

    def _gather(self, wanted: Fact) -> object:
        key, form = "", cast("TypeAdapter[Any] | None", None)
        if wanted.kept and self._store:
            # Not before: it takes long to load, and what is written does without.
            from pydantic import TypeAdapter  # noqa: PLC0415

            form = TypeAdapter(wanted.kept)
            key = hashlib.sha256(f"{wanted.name}\n{self.get(CONTENT)}".encode()).hexdigest()
            self.keys.add(key)
            for known in self._store.read(key, form):
                return known
        values = [self.get(name) for name in wanted.wants]
        if wanted.turns:
            with self._turn:
                value = self._run(wanted, values)
        else:
            value = self._run(wanted, values)
        if form and self._store:
            self._store.write(key, value, form)
        return value

    def _run(self, wanted: Fact, values: list[object]) -> object:
        if self._over:
            raise InterruptedError(wanted.name)
        self.under_way[wanted.name] = time.monotonic()
        try:
            if not wanted.lives:
                return wanted.function(*values)
            value = self._stack.enter_context(contextmanager(wanted.function)(*values))
            if self._over:
                # It began while all else ended, and nobody else would end it.
                self._stack.close()
            return value
        finally:
            del self.under_way[wanted.name]
