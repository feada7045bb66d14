"""What scanners report of known vulnerabilities, in JSON: grype, trivy, govulncheck and pip-audit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SEVERITIES = ("negligible", "low", "medium", "high", "critical")
UNKNOWN = "unknown"
"""What a report says that knows no severity, or does not tell it: nobody has said then that it is harmless."""

REMEDY = "name what grype, trivy, govulncheck or pip-audit wrote as JSON"


@dataclass(frozen=True)
class Vulnerability:
    """A known vulnerability of a package in an image.

    Attributes:
        names: its identifiers, that of the report first.
        severity: one of `SEVERITIES`, or `UNKNOWN`.
        package: the package's name and version, with a blank between.
        fixed: the versions that are without it, empty where there is none.

    """

    names: tuple[str, ...]
    severity: str
    package: str
    fixed: str = ""

    def __str__(self) -> str:
        """It in a line."""
        fixed = f"fixed in {self.fixed}" if self.fixed else "not fixed yet"
        return f"{self.names[0]}, {self.severity}, in {self.package}: {fixed}"

    def reaches(self, severity: str) -> bool:
        """Whether it is as severe as that; one that is unknown may be."""
        return self.severity == UNKNOWN or SEVERITIES.index(self.severity) >= SEVERITIES.index(severity)


def read(file: Path) -> list[Vulnerability]:
    """The vulnerabilities of a report, each once.

    Raises:
        PlimsollError: it can't be read, or is none of these scanners'.

    """
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise PlimsollError(f"{file} can't be read: {getattr(error, 'strerror', 'it is no text')}", REMEDY) from error
    return parse(text, str(file))


def parse(text: str, where: str) -> list[Vulnerability]:
    """The vulnerabilities of a report, each once.

    Args:
        text: the report.
        where: where it is from, for messages.

    Raises:
        PlimsollError: it is none of these scanners'.

    """
    try:
        documents = list(_documents(text))
        for key, of in _KINDS:
            if documents and key in documents[0]:
                return list(dict.fromkeys(of(documents)))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise PlimsollError(f"{where} is no report that can be read: {error!r}", REMEDY) from error
    raise PlimsollError(f"{where} is no report of a scanner that is known here", REMEDY)


def _documents(text: str) -> Iterator[dict[str, Any]]:
    """The documents of a text: govulncheck writes one after another."""
    decoder, place = json.JSONDecoder(), 0
    while place < len(text.rstrip()):
        document, end = decoder.raw_decode(text[place:].lstrip())
        place = len(text) - len(text[place:].lstrip()) + end
        yield document


def _severity(told: object) -> str:
    word = str(told or "").lower()
    return word if word in SEVERITIES else UNKNOWN


def _of_grype(documents: list[dict[str, Any]]) -> Iterator[Vulnerability]:
    for match in documents[0]["matches"]:
        told, package = match["vulnerability"], match["artifact"]
        others = [each["id"] for each in match.get("relatedVulnerabilities") or []]
        names = tuple(dict.fromkeys([told["id"], *others]))
        fixed = ", ".join((told.get("fix") or {}).get("versions") or [])
        yield Vulnerability(names, _severity(told.get("severity")), f"{package['name']} {package['version']}", fixed)


def _of_trivy(documents: list[dict[str, Any]]) -> Iterator[Vulnerability]:
    for result in documents[0].get("Results") or []:
        for each in result.get("Vulnerabilities") or []:
            names = (each["VulnerabilityID"], *(each.get("VendorIDs") or []))
            package = f"{each['PkgName']} {each['InstalledVersion']}"
            yield Vulnerability(names, _severity(each.get("Severity")), package, each.get("FixedVersion") or "")


def _of_govulncheck(documents: list[dict[str, Any]]) -> Iterator[Vulnerability]:
    aliases = {told["id"]: told.get("aliases") or [] for each in documents if (told := each.get("osv"))}
    for finding in (each["finding"] for each in documents if "finding" in each):
        where = finding["trace"][0]
        # What is required or imported and never called is no finding of it.
        if where.get("function"):
            names = (finding["osv"], *aliases.get(finding["osv"], []))
            package = f"{where['module']} {where.get('version', '')}".strip()
            yield Vulnerability(names, UNKNOWN, package, finding.get("fixed_version") or "")


def _of_pip_audit(documents: list[dict[str, Any]]) -> Iterator[Vulnerability]:
    for package in documents[0]["dependencies"]:
        for each in package.get("vulns") or []:
            names = (each["id"], *(each.get("aliases") or []))
            fixed = ", ".join(each.get("fix_versions") or [])
            yield Vulnerability(names, UNKNOWN, f"{package['name']} {package['version']}", fixed)


_KINDS: tuple[tuple[str, Callable[[list[dict[str, Any]]], Iterator[Vulnerability]]], ...] = (
    ("matches", _of_grype),
    ("SchemaVersion", _of_trivy),
    ("config", _of_govulncheck),
    ("dependencies", _of_pip_audit),
)
"""The key by which each report is known, and what reads it."""
