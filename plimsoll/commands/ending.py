"""How a command ends: by itself, by an error, by a fault of ours or by a signal; each has an exit code and a line."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from plimsoll import interruption
from plimsoll.commands import codes
from plimsoll.errors import PlimsollError, internal
from plimsoll.say import tell

if TYPE_CHECKING:
    from collections.abc import Callable


def run(command: Callable[[], int], stays: str = "") -> int:
    """Run a command to its end; what the user is told of that is one line, without a traceback.

    Args:
        command: what to run; it gives its exit code.
        stays: what is told of what it has started, where that is to stay; empty where nothing may be left.

    """
    interruption.listen()
    try:
        code = _run(command)
        interruption.require_none()
        interruption.over()
    except KeyboardInterrupt as error:
        interruption.over()
        tell(f"interrupted{stays or _swept()}")
        return interruption.code(error)
    return code


def _run(command: Callable[[], int]) -> int:
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough (`plimsoll rules | head`); what is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return codes.UNREAD
    except PlimsollError as error:
        tell(str(error))
        return codes.UNREADABLE
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it must look like no verdict
        # Not before: it needs what most commands do without.
        from plimsoll import engine  # noqa: PLC0415

        if told := engine.failure(error):
            tell(str(told))
            return codes.UNREADABLE
        tell(f"{internal(error)}; this is no verdict")
        return codes.INTERNAL
    return code


def _swept() -> str:
    """What is left of an interrupted command, once its containers and networks are removed."""
    # Not before: it needs what most commands do without.
    from plimsoll.facts.run import orphans  # noqa: PLC0415

    try:
        orphans.clean_up()
    except PlimsollError:
        pass  # No engine answers, which some commands do not ask.
    except Exception as error:  # noqa: BLE001 - the interruption is what is told
        return f", something may be left: {error}"
    return ", nothing is left running"
