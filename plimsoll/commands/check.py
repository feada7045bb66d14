"""Judging anybody's folder or image by the rules: what `plimsoll check` does."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docker.errors import APIError, ImageNotFound

from plimsoll import engine, interruption
from plimsoll.commands import targets
from plimsoll.commands.judge import Judge
from plimsoll.containers import leavings
from plimsoll.project import rules
from plimsoll.project.app import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.commands.judge import Judgement

PYTEST = (
    "--disable-plugin-autoload",
    "-pplimsoll.suite.plugin",
    "-pno:terminal",
    "-pno:cacheprovider",
    "-pno:unraisableexception",
    "--assert=plain",
    f"--rootdir={ROOT}",
    f"--config-file={ROOT / 'pyproject.toml'}",
    "--override-ini=addopts=--import-mode=importlib",
)
"""Nothing but the rules: other plugins take longer to load than an image takes to judge."""


def check(target: str, wanted: Iterable[str], options: targets.Options) -> list[Judgement]:
    """Judge a folder with a Dockerfile, or an image that the engine has; nothing is installed for that.

    Args:
        target: the folder, or the image's name.
        wanted: the names of the rules to judge by.
        options: how.

    Raises:
        PlimsollError: there is no such folder or image, or no engine answers, or it is too old.
        KeyboardInterrupt: it was interrupted.

    """
    if Path(target).exists():
        engine.found()
    else:
        # An image has been built: the plugins are not asked, which takes longer than the rules.
        engine.info()
    made: list[str] = []
    try:
        subjects = targets.subjects(target, made, options)
        for composed in subjects.compositions:
            composed.document  # noqa: B018 - one that compose refuses is told here, in one line
        judge = Judge(subjects, set(wanted))
        code = pytest.main([*PYTEST, str(rules.FOLDER)], plugins=[judge])
        return judge.verdict(code)
    finally:
        with interruption.held(), ExitStack() as stack:
            stack.callback(_remove, made)
            stack.callback(leavings.sweep)


def _remove(images: list[str]) -> None:
    for name in images:
        with suppress(ImageNotFound, APIError):
            engine.client().images.remove(name, force=True)
