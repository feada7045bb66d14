"""Asking BuildKit what a folder sends it: by a Dockerfile that copies, built on it, its result read as it comes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
import threading
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from plimsoll import engine
from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST = 500_000_000
"""Bytes after which a probe is broken off: a context of that size needs no exact figure."""

TIMEOUT = 120
"""Seconds that a probe may take."""

HEAD = 20_000
"""Bytes of a file that are kept, to tell a secret from a file that is called like one."""

MOST_HEADS = 64_000_000
"""Bytes of them all."""

WILDCARD = re.compile(r"[*?\[]")


@dataclass
class Sent:
    """What a folder sent.

    Attributes:
        files: sizes by path.
        heads: the beginnings of those that were asked for, as far as `MOST_HEADS` goes.
        sources: those of which anything came.
        size: the bytes that came.
        cut: whether the probe was broken off at `MOST`.

    """

    files: dict[str, int] = field(default_factory=dict)
    heads: dict[str, bytes] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    size: int = 0
    cut: bool = False


class Probe:
    """A build that takes what another takes.

    Args:
        folder: an empty one, for the probe's own files.
        sources: what is copied, as a Dockerfile names it.
        ignore: the ignore file that holds, None where there is none.

    """

    def __init__(self, folder: Path, sources: list[str], ignore: Path | None) -> None:
        self.sources = sources
        self.file = folder / "Dockerfile"
        steps = ("COPY " + json.dumps([_pattern(each), f"/{index}/"]) for index, each in enumerate(sources))
        self.file.write_text("\n".join(["FROM scratch", *steps, ""]))
        # Under the name that makes it hold, and be it empty: the folder's own might be another Dockerfile's.
        own = self.file.with_name("Dockerfile.dockerignore")
        if ignore:
            shutil.copyfile(ignore, own)
        else:
            own.touch()

    def of(self, folder: Path, look_into: Callable[[str], bool] | None = None) -> Sent:
        """What a folder sends.

        Args:
            folder: the build context; nothing is written to it.
            look_into: whether the beginning of a file is kept, by its path.

        Raises:
            PlimsollError: the probe does not build, or takes too long.

        """
        sent, words = Sent(), [""]
        command = ["docker", "buildx", "build", "--progress=rawjson", "--output=type=tar,dest=-", f"--file={self.file}"]
        process = subprocess.Popen(
            [*command, str(folder)], env=engine.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        alarm = threading.Timer(TIMEOUT, process.kill)
        with process:
            watch = threading.Thread(target=_watch, args=(process, sent, words))
            watch.start()
            alarm.start()
            try:
                self._read(process.stdout, folder, look_into, sent)
            finally:
                if sent.cut:
                    process.kill()
                process.wait()
                alarm.cancel()
                watch.join()
        if process.returncode != 0 and not sent.cut:
            cause = f"it took more than {TIMEOUT} s" if process.returncode < 0 else words[-1]
            raise PlimsollError(f"what {folder} sends to a build can't be measured, {cause}", "fix that")
        return sent

    def _read(
        self, output: IO[bytes] | None, folder: Path, look_into: Callable[[str], bool] | None, sent: Sent
    ) -> None:
        left = MOST_HEADS
        try:
            with tarfile.open(fileobj=output, mode="r|") as archive:
                for entry in archive:
                    number, _, below = entry.name.strip("/").partition("/")
                    source = self.sources[int(number)]
                    sent.sources.add(source)
                    if entry.isdir() or not below:
                        continue
                    inside = not WILDCARD.search(source) and source != "." and (folder / source).is_dir()
                    path = f"{source}/{below}" if inside else below
                    sent.size += entry.size if path not in sent.files else 0
                    sent.files[path] = entry.size
                    if entry.isreg() and look_into and look_into(path) and (content := archive.extractfile(entry)):
                        sent.heads[path] = content.read(min(HEAD, left))
                        left -= len(sent.heads[path])
                    if sent.size > MOST:
                        sent.cut = True
                        return
        except tarfile.ReadError:
            pass  # it did not build, which its exit code says, or it was broken off


def _pattern(source: str) -> str:
    """A source as a pattern that matches it alone: one that matches nothing is no error, be its folder missing too."""
    first, slash, rest = source.partition("/")
    letter = None if WILDCARD.search(first) else re.search(r"[A-Za-z0-9]", first)
    return f"{first[: letter.start()]}[{letter[0]}]{first[letter.end() :]}{slash}{rest}" if letter else source


def _watch(process: subprocess.Popen[bytes], sent: Sent, words: list[str]) -> None:
    """Hear what the build says; break it off when it has been sent too much, before it has filled the disk."""
    for line in process.stderr or []:
        try:
            event = json.loads(line)
        except ValueError:
            words.append(line.decode(errors="replace").strip() or words[-1])
            continue
        for status in event.get("statuses") or []:
            if status["id"].startswith("transferring context") and status["current"] > MOST:
                sent.cut = True
                process.kill()
