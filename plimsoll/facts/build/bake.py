"""Building with `docker buildx bake`: a graph of builds, and a record of which steps ran."""

from __future__ import annotations

import signal
import subprocess
import threading
from typing import TYPE_CHECKING

from plimsoll import engine
from plimsoll.facts.build.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TIMEOUT = 3600.0
"""Seconds after which a graph of builds is given up."""


def bake(
    *arguments: str,
    files: Sequence[str],
    folder: Path,
    stdin: str | None = None,
    quiet: bool = False,
    proxies: bool = True,
) -> Record:
    """Run `docker buildx bake`, naming the steps that take their time.

    Args:
        arguments: its arguments.
        files: the bake files.
        folder: where it runs.
        stdin: the content of the bake file `-`.
        quiet: name no steps.
        proxies: tell the build of those that the environment names; it stands in what a build tells of itself.

    """
    named = [f"--file={file}" for file in files]
    command = ["docker", "buildx", "bake", *named, "--progress=rawjson", *arguments]
    command += [f"--set=*.args.{name}" for name in engine.proxies() if proxies]
    record = Record()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=engine.environment(),
        stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        alarm = threading.Timer(TIMEOUT, process.kill)
        alarm.daemon = True
        alarm.start()
        try:
            if stdin is not None and process.stdin:
                process.stdin.write(stdin)
                process.stdin.close()
            for line in process.stderr or ():
                record.note(line, quiet=quiet)
        except BaseException:
            process.terminate()
            raise
        finally:
            alarm.cancel()
        record.code = process.wait()
    if record.code == -signal.SIGKILL:
        record.words += f"it was given up after {TIMEOUT:.0f} s\n"
    return record
