"""What package managers and compilers keep for the next time, in an image for which there is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.paths import clean

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.layer import Layer

CACHES = {
    "apt's package lists": r"var/lib/apt/lists/(?!lock$)",
    "apt's packages": r"var/cache/apt/",
    "apk's packages": r"(?:var/cache/apk|etc/apk/cache)/",
    "yum's or dnf's packages": r"var/cache/(?:yum|dnf|libdnf5|zypp)/",
    "pip's cache": r"(?:.*/)?\.cache/pip/",
    "uv's cache": r"(?:.*/)?\.cache/uv/",
    "Poetry's cache": r"(?:.*/)?\.cache/pypoetry/",
    "npm's cache": r"(?:.*/)?\.npm/_cacache/",
    "Yarn's cache": r"(?:.*/)?(?:\.cache/yarn|\.yarn/berry/cache|usr/local/share/\.cache)/",
    "pnpm's store": r"(?:.*/)?(?:\.local/share/pnpm/store|\.pnpm-store)/",
    "Go's build cache": r"(?:.*/)?\.cache/go-build/",
    "Go's module downloads": r"(?:.*/)?go/pkg/mod/cache/download/",
    "Cargo's registry": r"(?:.*/)?\.?cargo/registry/",
    "Maven's repository": r"(?:.*/)?\.m2/repository/",
    "Gradle's caches": r"(?:.*/)?\.gradle/caches/",
    "Composer's cache": r"(?:.*/)?\.(?:composer/cache|cache/composer)/",
}
"""Where each of them keeps it, from the image's root."""

PLACES = {"GOCACHE": "Go's build cache", "PIP_CACHE_DIR": "pip's cache", "npm_config_cache": "npm's cache"}
"""Variables that say where it is kept instead."""


class Cache(NamedTuple):
    """What one layer holds of one cache.

    Attributes:
        what: whose it is.
        path: where it begins.
        files: how many files it has.
        size: bytes of them.
        layer: the layer.

    """

    what: str
    path: str
    files: int
    size: int
    layer: Layer


def of(image: Image) -> list[Cache]:
    """The caches in every layer, also in those that are removed later."""
    places = {what: clean(path) + "/" for name, what in PLACES.items() if (path := image.environment.get(name))}
    patterns = [(what, re.compile(pattern)) for what, pattern in CACHES.items()]
    patterns += [(what, re.compile(re.escape(path))) for what, path in places.items() if path != "/"]
    found: dict[tuple[str, str, str], Cache] = {}
    for entry, part in image.entries:
        if not entry.size:
            continue
        for what, pattern in patterns:
            if match := pattern.match(entry.path):
                key = (part.digest, what, match[0])
                before = found.get(key, Cache(what, match[0], 0, 0, part))
                found[key] = before._replace(files=before.files + 1, size=before.size + entry.size)
                break
    return list(found.values())
