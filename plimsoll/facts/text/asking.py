"""What a program's own text asks for beside itself: modules that it imports, files that it reads, each with its line.

Only what is asked for in any case: imports that stand at the beginning of a line, not those that are tried.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

JAVASCRIPT = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx")
COMPLETED = ("", *JAVASCRIPT, ".json", ".node", "/package.json", *(f"/index{end}" for end in (*JAVASCRIPT, ".json")))
"""What a path is completed with, in the order in which Node tries it, as far as that matters."""

REQUIRED = re.compile(
    r"""^(?!\s|//|\*).*?(?:\brequire\(|\bimport\(|\bfrom\s+|^import\s+)["'](\.{1,2}(?:/[^"']*)?)["']""", re.MULTILINE
)
IMPORTED = re.compile(r"^import[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)", re.MULTILINE)
TAKEN = re.compile(r"^from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)", re.MULTILINE)

READING = re.compile(
    r"readFile|createReadStream|sendFile|\bstatic\(|serveStatic|\bopen\(|read_(?:text|bytes)|send_from_directory"
    r"|render_template|(?:template|static)_folder|StaticFiles|Jinja2Templates|FileSystemLoader|[\"']views[\"']"
)
WRITING = re.compile(r"writeFile|createWriteStream|appendFile|mkdir|write_(?:text|bytes)|[\"'][wax]b?\+?[\"']")
LITERAL = re.compile(r"[\"'`]([\w@][\w@./-]*|\.{1,2}(?:/[\w@./-]+)?)[\"'`]")
MADE_LATER = re.compile(
    r"(?:^|/)(?:cache|data|logs?|node_modules|run|storage|tmp|uploads|var)(?:/|$)|\.(?:db|log|pid|sock|sqlite3?|tmp)$"
)
"""What programs make themselves, once they run."""


def javascript(text: str) -> Iterator[tuple[int, str]]:
    """The modules that a script of Node imports by a path of its own: the line, and the path as it is written."""
    for match in REQUIRED.finditer(text):
        yield _line(text, match.start()), match[1]


def python(text: str) -> Iterator[tuple[int, int, str]]:
    """The modules that a script of Python imports: the line, how many folders up, and the name, with dots.

    A name that is taken from a module may be a module in it, and is given as one as well.
    """
    for match in IMPORTED.finditer(text):
        for name in match[1].split(","):
            yield _line(text, match.start()), 0, name.strip()
    for match in TAKEN.finditer(text):
        line, up = _line(text, match.start()), len(match[1])
        if match[2]:
            yield line, up, match[2]
        for each in re.sub(r"#[^\n]*|[()\\]", "", match[3]).split(","):
            name = each.split(" as ")[0].strip()
            if name.isidentifier():
                yield line, up, f"{match[2]}.{name}".lstrip(".")


def files(text: str) -> Iterator[tuple[int, str]]:
    """The files and folders that a script reads by a relative path: the line, and the path as it is written."""
    for number, line in enumerate(text.splitlines(), 1):
        if not READING.search(line) or WRITING.search(line):
            continue
        parts = [match[1] for match in LITERAL.finditer(line)]
        paths = {*parts, posixpath.join("", *parts)} if parts else set()
        if "render_template" in line:
            paths |= {f"templates/{part}" for part in parts}
        for path in sorted(posixpath.normpath(each) for each in paths):
            if not MADE_LATER.search(path) and not posixpath.basename(path).startswith("."):
                yield number, path


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
