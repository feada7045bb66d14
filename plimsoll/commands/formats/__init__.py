"""What `plimsoll check` found, in the formats that people and other programs read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.commands.formats import document, github, gitlab, junit, markdown, sarif, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from plimsoll.commands.options import Showing
    from plimsoll.runner import Result

FORMATS: dict[str, Callable[[list[Result], Showing], str]] = {
    "text": text.text,
    "json": document.as_json,
    "sarif": sarif.sarif,
    "gitlab": gitlab.gitlab,
    "markdown": markdown.markdown,
    "github": github.github,
    "junit": junit.junit,
}
