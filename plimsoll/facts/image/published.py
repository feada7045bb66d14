"""Where the files of published software lie, and among them what documents and tests it."""

from __future__ import annotations

import re

PACKAGES = re.compile(
    r"(^|/)(site-packages|dist-packages|node_modules|go/pkg/mod|\.?cargo/(git|registry)|registry/src|vendor/bundle|gems)/"
    r"|(^|/)(\.npm/_cacache|\.cache/(pip|uv|yarn|go-build|pypoetry))/"
    r"|^usr/(local/)?lib/([^/]+-linux-[^/]+/)?"
    r"(go|golang|jvm|node|nodejs|perl5?|php|python[\d.]*|ruby|rustlib|git-core)([-/\d.]|$)"
    r"|^usr/(local/)?share/(doc|go-[\d.]+|info|javascript|man|nodejs|perl5?|php|python[\d.]*|ruby|vim)/"
    r"|^usr/(local/)?(include|src)/|^usr/local/go/|^var/lib/(apt|dpkg|rpm)/|^lib/apk/"
    r"|^etc/ssl/private/ssl-cert-snakeoil\.key$"
)
"""Where package managers and distributions put what they install; whether they did, `packages` knows."""

EXAMPLES = re.compile(
    r"(^|/)(_?_?tests?_?_?|testing|test[-_]?data|specs?|__fixtures__|fixtures?|examples?|samples?|docs?|demos?|mocks?"
    r"|cert-?data|vectors?)/"
    r"|[._-]tests?\.|\.(md|markdown|rst|txt|html?|adoc|ipynb|\d)(\.gz)?$"
    r"|(^|/)(README|CHANGES|CHANGELOG|HISTORY|NEWS)[^/]*$",
    re.IGNORECASE,
)
"""Where software documents and tests itself."""


def is_published(path: str) -> bool:
    """Whether a path is where package managers put what they install."""
    return PACKAGES.search(path) is not None


def is_example(path: str) -> bool:
    """Whether a path is where software documents or tests itself."""
    return EXAMPLES.search(path) is not None
