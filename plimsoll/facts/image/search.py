"""The search of one layer's files for secrets: what may be a package's waits until the layer's lists of them are known.

Most files of most images are a package's, and are passed over by one checksum: that takes a tenth of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.image import packages, published, secrets
from plimsoll.facts.secrets.tokens import Words

if TYPE_CHECKING:
    from plimsoll.facts.image.secrets import Secret

MOST_HELD = 128 * 10**6
"""Bytes of files that wait; where there are more, they are searched before it is known whose they are."""


class Search:
    """The search of one layer.

    Attributes:
        secrets: what was found so far.
        here: the paths in the layer so far.

    """

    def __init__(self) -> None:
        self.secrets: list[Secret] = []
        self.here: set[str] = set()
        self._lists: dict[str, bytes] = {}
        self._waiting: dict[str, bytes] = {}
        self._held = 0

    def add(self, path: str, content: bytes) -> None:
        """Search a file, now or at the end."""
        if packages.is_list(path):
            self._lists[path] = content
        if not published.is_published(path):
            self.secrets += secrets.in_file(path, Words(content))
        elif packages.is_marked(path, self.here):
            self.secrets += secrets.in_package(path, Words(content))
        else:
            self._wait(path, content)

    def add_part(self, path: str, content: bytes) -> None:
        """Search a part of a file that is too large for its checksum to be known."""
        found = [each._replace(sums=()) for each in secrets.in_file(path, Words(content))]
        self.secrets += [each for each in found if each not in self.secrets]

    def end(self) -> dict[str, list[str]]:
        """Search what waited.

        Returns:
            The checksums that the layer's lists give, by path: of files with a secret, and of those of other layers.

        """
        totals = packages.listed(self._lists, {*self._waiting, *(each.path for each in self.secrets)}, self.here)
        matters = set()
        for path, content in self._waiting.items():
            is_theirs = packages.is_marked(path, self.here) or packages.is_one_of(content, totals.get(path, []))
            words = Words(content)
            self.secrets += (secrets.in_package if is_theirs else secrets.in_file)(path, words)
            # A later layer may hold the file again, with another owner, and no list.
            if secrets.is_suspect(words):
                matters.add(path)
        # What did not wait is known now.
        self.secrets = [each for each in self.secrets if not (each.sums and packages.is_marked(each.path, self.here))]
        matters |= {each.path for each in self.secrets}
        return {path: found for path, found in totals.items() if path in matters or path not in self.here}

    def _wait(self, path: str, content: bytes) -> None:
        # An archive may hold two files of one name, of which a container sees the second.
        if path in self._waiting:
            self.secrets += secrets.in_file(path, Words(self._waiting.pop(path)))
        self._waiting[path] = content
        self._held += len(content)
        if self._held > MOST_HELD:
            for each, waiting in self._waiting.items():
                self.secrets += secrets.in_file(each, Words(waiting))
            self._waiting = {}
            self._held = 0
