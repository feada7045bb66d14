"""What an image's program asks for when it starts, as far as its command and its own text tell.

Followed are the words of the command, the scripts of package.json that it runs, and what the folder's own files import,
where they are in the image as they are in the folder.
"""

from __future__ import annotations

import itertools
import json
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.facts.image import programs
from plimsoll.facts.text import asking, writing
from plimsoll.parsing import shell
from plimsoll.paths import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.layer import Entry

NODE = re.compile(r"node(?:js)?|bun|ts-node|tsx")
PYTHON = re.compile(r"python[\d.]*|pypy[\d.]*")
PACKAGE_RUNNERS = {"npm", "pnpm", "yarn"}
SERVERS = {"celery", "daphne", "fastapi", "flask", "granian", "gunicorn", "hypercorn", "uvicorn", "waitress-serve"}
"""Programs that are given a module of Python, and what of it they serve."""

STARTERS = {".", "bash", "bun", "dash", "deno", "java", "php", "perl", "ruby", "sh", "source", "ts-node", "tsx"}
"""Programs that are given a file to run, beside Node and Python."""

SERVED = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*):[\w.]+(?:\(.*\))?")
FILE = re.compile(r"[\w@./+-]*(?:/[\w@+-]|[\w-]\.)[\w@./+-]*")
WINDOW = 10**6
MOST = 500
"""Files that are followed."""


class Asked(NamedTuple):
    """Something that is asked for.

    Attributes:
        paths: where it is looked for in the image; one of them is enough.
        by: what asks for it.

    """

    paths: tuple[str, ...]
    by: str


class Search:
    """A walk from what an image starts through what that asks for.

    Args:
        image: the image.
        folder: what it was built from; None where that is not here.

    """

    def __init__(self, image: Image, folder: Path | None) -> None:
        self.image = image
        self.folder = folder
        self.found: dict[tuple[str, ...], Asked] = {}
        self.written: dict[str, Asked] = {}
        """What is written, by its path in the image."""
        self._looked_into: set[str] = set()
        given = image.environment.get("PYTHONPATH", "").split(":")
        self._roots = [image.directory, *(path for path in given if path.startswith("/"))]
        for what, words in (
            ("its command", self.image.entrypoint),
            ("its health check", programs.health_command(self.image)),
        ):
            self._command(words, f"{what} `{' '.join(words)[:80]}`", self.image.directory)

    def read(self) -> Iterator[tuple[Entry, str]]:
        """The files that are asked for and there, each with what asks for it."""
        seen = set()
        for asked in self.found.values():
            entry = next(filter(None, map(self.there, asked.paths)), None)
            if entry and entry.path not in seen:
                seen.add(entry.path)
                yield entry, asked.by

    def there(self, path: str) -> Entry | None:
        """The file of that path in the image; None where there is none."""
        entry = self.image.find(path)
        return entry if entry and entry.kind in {"file", "hardlink"} else None

    def local(self, path: str) -> str:
        """The path in the folder of what a path of the image was copied from; empty where nothing there fits."""
        parts = clean(path).split("/") if self.folder else []
        for start in range(len(parts)):
            below = "/".join(parts[start:])
            if below and self.folder and (self.folder / below).exists():
                return below
        return ""

    def _ask(self, paths: Sequence[str], by: str) -> None:
        cleaned = tuple(dict.fromkeys(clean(path) for path in paths))
        if cleaned in self.found or len(self.found) > MOST:
            return
        self.found[cleaned] = Asked(cleaned, by)
        entry = next(filter(None, map(self.there, cleaned)), None)
        if entry and entry.path not in self._looked_into:
            self._looked_into.add(entry.path)
            self._look_into(entry)

    def _look_into(self, entry: Entry) -> None:
        local = self.local(entry.path)
        file = self.folder / local if self.folder and local else None
        # Another file of that name says nothing of the one in the image.
        if file is None or entry.size > WINDOW or not file.is_file() or file.stat().st_size != entry.size:
            return
        text = file.read_text(errors="replace")
        here = "/" + posixpath.dirname(entry.path)
        if local.endswith(asking.JAVASCRIPT) or re.match(r"#!.*\bnode\b|[\"']use strict", text):
            for line, path in asking.javascript(text):
                self._node(posixpath.join(here, path), f"{local}:{line}")
        elif local.endswith(".py") or re.match(r"#!.*\bpython", text):
            for line, up, name in asking.python(text):
                start = [posixpath.normpath(posixpath.join(here, *[".."] * (up - 1)))] if up else [*self._roots, here]
                self._module(name, f"{local}:{line}", start)
        elif text.startswith("#!") and shell.is_script(text):
            self._pipelines(shell.pipelines(text), local, self.image.directory)
            return
        else:
            return
        for line, path in asking.files(text):
            self.found.setdefault(
                paths := tuple(clean(posixpath.join(start, path)) for start in dict.fromkeys((here, *self._roots[:1]))),
                Asked(paths, f"{local}:{line}"),
            )
        for line, path, beside in writing.files(text, self.image.environment):
            place = clean(posixpath.join(here if beside else self.image.directory, path))
            self.written.setdefault(place, Asked((place,), f"{local}:{line}"))

    def _command(self, words: Sequence[str], by: str, directory: str) -> None:
        for index, word in enumerate(words):
            name, rest = posixpath.basename(word), list(words[index + 1 :])
            operands = [each for each in rest if not each.startswith("-")]
            if inside := shell.inside(shell.Command((word, *rest))):
                self._pipelines(inside, by, directory)
                return
            if PYTHON.fullmatch(name) and "-m" in rest[:4]:
                self._served(rest[rest.index("-m") + 1 :], by, directory)
                return
            if name in SERVERS:
                self._served([word, *rest], by, directory)
                return
            if name in PACKAGE_RUNNERS and operands:
                self._package_script(operands, directory)
                return
            if NODE.fullmatch(name) and operands and re.fullmatch(r"[\w@./+-]+", operands[0]):
                self._node(posixpath.join(directory, operands[0]), by)
            known = None if "/" in word else programs.which(self.image, word)
            if known or (FILE.fullmatch(word) and not name.startswith(".")):
                self._ask([known.path if known else posixpath.join(directory, word)], by)

    def _pipelines(self, pipelines: list[shell.Pipeline], by: str, directory: str) -> None:
        """What a shell starts."""
        for pipeline in pipelines:
            for command in pipeline:
                if command.name == "cd" and command.operands:
                    directory = posixpath.join(directory, command.operands[0])
                started = NODE.fullmatch(command.name) or PYTHON.fullmatch(command.name)
                if started or command.name in STARTERS | SERVERS | PACKAGE_RUNNERS:
                    self._command([word for word in command.words if word != "."], by, directory)
                elif "/" in command.words[0] or command.words[0].endswith(".sh"):
                    self._command(command.words[:1], by, directory)

    def _served(self, words: list[str], by: str, directory: str) -> None:
        """The modules that Python, or a server for it, is given."""
        roots = [directory, *self._roots]
        for option, value in itertools.pairwise(words):
            if option in {"--app-dir", "--chdir", "--pythonpath"}:
                roots.insert(0, posixpath.join(directory, value))
        named = [match[1] for word in words if (match := SERVED.fullmatch(word))]
        if words and posixpath.basename(words[0]) == "flask" and (app := self.image.environment.get("FLASK_APP")):
            named.append(app.partition(":")[0].removesuffix(".py").replace("/", "."))
        for name in dict.fromkeys([*([] if words and words[0] in SERVERS else words[:1]), *named]):
            if re.fullmatch(r"[\w.]+", name):
                self._module(name, by, roots, also="/__main__.py")

    def _module(self, name: str, by: str, roots: Sequence[str], also: str = "/__init__.py") -> None:
        parts = name.split(".")
        for end in range(1, len(parts)):
            # Of a folder on the way nothing is known but what its own module says.
            self._ask([posixpath.join(root, *parts[:end], "__init__.py") for root in roots], by)
        path = posixpath.join(*parts) if name else ""
        ends = [end for end in dict.fromkeys((".py", "/__init__.py", also)) if path]
        self._ask([posixpath.join(root, path + end) for root in dict.fromkeys(roots) for end in ends], by)

    def _node(self, path: str, by: str) -> None:
        path = posixpath.normpath(path)
        self._ask([path + end for end in asking.COMPLETED], by)
        package = clean(f"{path}/package.json")
        if self.there(package) and isinstance(main := self._package(package).get("main"), str):
            self._ask([posixpath.join(path, main) + end for end in asking.COMPLETED], f"{by}, package.json's main")

    def _package_script(self, operands: list[str], directory: str) -> None:
        name = operands[1] if operands[0] in {"run", "run-script"} and len(operands) > 1 else operands[0]
        scripts = self._package(clean(f"{directory}/package.json")).get("scripts")
        line = scripts.get(name) if isinstance(scripts, dict) else None
        if isinstance(line, str):
            self._pipelines(shell.pipelines(line), f"package.json's script {name!r}, `{line[:80]}`,", directory)

    def _package(self, path: str) -> dict[str, object]:
        if self.folder is None:
            return {}
        try:
            document = json.loads((self.folder / self.local(path)).read_text())
        except (OSError, ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}
