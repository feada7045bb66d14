"""A package, as an SBOM names it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from packageurl import PackageURL

MERGED = re.compile(r"usr/(?=(bin|sbin|lib|lib32|lib64)/)")


@dataclass(frozen=True)
class Package:
    """Something that has a name and a version, and that others publish, or the app itself.

    Attributes:
        kind: the type of its package URL: `deb`, `golang`, `pypi`, ...
        name: its name, with its namespace before a slash where it has one.
        version: its version, empty where it has none.
        qualifiers: what else its package URL tells.
        sha256: the checksum of the archive that it came in, where a lock file tells that.
        cpe: vendor and product, by which databases know what has no package manager.
        licence: the SPDX expression that it says of itself, empty where it says none.

    """

    kind: str
    name: str
    version: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()
    sha256: str = field(default="", compare=False)
    cpe: str = field(default="", compare=False)
    licence: str = field(default="", compare=False)

    @property
    def purl(self) -> str:
        """Its package URL."""
        namespace, _, name = self.name.rpartition("/")
        return PackageURL(self.kind, namespace, name, self.version, dict(self.qualifiers)).to_string()

    @property
    def platform(self) -> str:
        """Its CPE 2.3 name, empty where databases know it by its package URL."""
        return f"cpe:2.3:a:{self.cpe}:{self.version}:*:*:*:*:*:*:*" if self.cpe else ""


def usual(path: str) -> str:
    """A path as it was before `/bin` and `/lib` became links to what is in `/usr`: packages name either."""
    return MERGED.sub("", path, count=1)
