"""What stops a command: a cause and a remedy, told in one line."""

from __future__ import annotations

import functools
import platform
import tempfile
import traceback


class PlimsollError(Exception):
    """A condition that the user can fix.

    Args:
        cause: what is wrong, with the name or value that shows it.
        remedy: what to do about it.

    """

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause}: {remedy}")
        self.cause = cause
        self.remedy = remedy


@functools.cache
def internal(error: BaseException) -> PlimsollError:
    """A fault that is Plimsoll's own, as the user is told of it; the traceback goes into a file to send, once.

    What the command was called with is not in it: that may hold a password.
    """
    name = type(error).__name__
    words = f"{name}, {next(iter(str(error).splitlines()), '')}".rstrip(", ")
    text = f"Python {platform.python_version()}, {platform.platform()}\n\n{''.join(traceback.format_exception(error))}"
    try:
        with tempfile.NamedTemporaryFile("w", prefix="plimsoll-", suffix=".txt", delete=False) as file:
            file.write(text)
    except OSError as unwritable:
        return PlimsollError(f"internal error, {words}", f"report it; no file could be written of it ({unwritable})")
    return PlimsollError(f"internal error, {words}", f"report it with the file {file.name}")


class UnreadableError(PlimsollError):
    """What is to be judged can't be read: it is damaged, or not what it is called."""


class NotJudgedError(PlimsollError):
    """A rule can't be judged, for a reason that is no fault of anybody's.

    Args:
        reason: why.

    """

    def __init__(self, reason: str) -> None:
        Exception.__init__(self, reason)
        self.cause = reason
        self.remedy = ""


class DependentError(NotJudgedError):
    """A rule can't be judged because of what another rule finds, which has said enough.

    Args:
        reason: why.
        rule: the name of the other rule.

    """

    def __init__(self, reason: str, rule: str) -> None:
        super().__init__(reason)
        self.rule = rule


class LeftOutError(NotJudgedError):
    """A rule can't be asked for want of knowledge.

    Args:
        reason: what is not known, and what would tell it.

    """
