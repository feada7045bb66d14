"""The scan gate: what scanners know of an image, but for what its app's plimsoll.toml lets be for a reason.

    python -m workshop.scanned REPORT ... --app APP
    python -m workshop.scanned --sbom FILE --app APP

The second runs every scanner that is here; one that is not, or whose database can't be had, says so in a line.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from plimsoll import expectations
from plimsoll.errors import PlimsollError
from workshop import reports
from workshop.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from plimsoll.waivers import Waiver
    from workshop.reports import Vulnerability

TABLE = "vulnerabilities"
SEVERE = "high"
LONGEST = 600.0
"""Seconds that a scanner has, its database included."""

FOUND = {"govulncheck": (0, 3), "grype": (0,), "pip-audit": (0, 1), "trivy": (0,)}
"""The codes that each ends with where it looked."""


class Verdict(NamedTuple):
    """What the gate says.

    Attributes:
        lines: what it tells, a line each.
        failed: whether something is not let be.

    """

    lines: list[str]
    failed: bool


def verdict(
    found: Iterable[Vulnerability], let_be: Mapping[str, Waiver], place: str, severity: str = SEVERE
) -> Verdict:
    """Hold what was found against what is let be.

    Args:
        found: what scanners report.
        let_be: the exceptions, by identifier: any of a vulnerability's.
        place: where these stand.
        severity: from which on it counts.

    """
    lines, failed, used = [], False, set()
    for each in dict.fromkeys(found):
        named = next((name for name in each.names if name in let_be), "")
        used.add(named)
        waiver = let_be.get(named)
        if not each.reaches(severity):
            continue
        if waiver is None:
            lines.append(str(each))
            failed = True
        elif waiver.is_over:
            lines.append(f"{each}; {place} lets {named} be until {waiver.until}, which is over: it counts no more")
            failed = True
        else:
            until = f" until {waiver.until}" if waiver.until else ""
            lines.append(f"{each}; let be{until}: {waiver.reason}")
    lines += [f"{place} lets {name} be, which nothing reports: take it out" for name in let_be if name not in used]
    return Verdict(lines, failed)


def commands(folder: Path, sbom: Path) -> dict[str, list[str]]:
    """How each scanner is asked of an app, as far as it has what the scanner reads."""
    asked = {
        "grype": ["grype", f"sbom:{sbom}", "--output=json", "--quiet"],
        "trivy": ["trivy", "sbom", "--format=json", "--quiet", str(sbom)],
    }
    if (folder / "go.mod").exists():
        asked["govulncheck"] = ["govulncheck", "-C", str(folder), "-format=json", "./..."]
    if (lock := folder / "requirements.lock").exists():
        asked["pip-audit"] = ["pip-audit", "--requirement", str(lock), "--disable-pip", "--format=json"]
    return asked


def run(name: str, command: list[str]) -> list[Vulnerability]:
    """What a scanner reports.

    Raises:
        PlimsollError: it did not look; its own words are the cause.

    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST)
    except FileNotFoundError as error:
        raise PlimsollError(f"{name} did not run: it is not installed", "install it, or do without") from error
    except subprocess.TimeoutExpired as error:
        raise PlimsollError(f"{name} did not run: it took longer than {LONGEST:.0f} s", "try again") from error
    if done.returncode not in FOUND[name]:
        cause = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise PlimsollError(f"{name} did not run: {cause}", f"see `{' '.join(command)}`")
    return reports.parse(done.stdout, name)


def _scanned(folder: Path, sbom: Path) -> list[Vulnerability]:
    """What all scanners report that are here.

    Raises:
        PlimsollError: none of them ran: nothing is known then.

    """
    found, ran = [], 0
    for name, command in commands(folder, sbom).items():
        try:
            found += run(name, command)
            ran += 1
        except PlimsollError as error:
            print(f"plimsoll: {error}", file=sys.stderr)
    if not ran:
        raise PlimsollError("no scanner ran, so that nothing is known", "install one of those above")
    return found


def _folder(app: str) -> Path:
    folders = [file.parent for file in ROOT.glob(f"**/{app}/{expectations.FILE}") if "build" not in file.parts]
    if not folders:
        raise PlimsollError(f"there is no app `{app}` with a {expectations.FILE}", "name a folder of docker-bake.hcl")
    return folders[0]


def gate(options: argparse.Namespace) -> int:
    """Print what counts and what is let be; 1 where something counts.

    Raises:
        PlimsollError: a report or a plimsoll.toml can't be read, or no scanner ran.

    """
    folder = _folder(options.app)
    expected = expectations.read(folder)
    found = [each for report in options.report for each in reports.read(report)]
    found += _scanned(folder, options.sbom) if options.sbom else []
    if not (options.report or options.sbom):
        raise PlimsollError("there is nothing to hold against anything", "name a report, or an SBOM with --sbom")
    place = f"{folder.relative_to(ROOT) / expectations.FILE} [{TABLE}]"
    said = verdict(found, expected.vulnerabilities, place, options.fail_on)
    print(
        "\n".join([*said.lines, f"{len(set(found))} known vulnerabilities, {'some' if said.failed else 'none'} count"])
    )
    return int(said.failed)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 where nothing counts, 1 where something does, 2 where nothing could be learned."""
    parser = argparse.ArgumentParser(prog="python -m workshop.scanned", description="Hold scans against exceptions.")
    parser.add_argument("report", nargs="*", type=Path, help="what a scanner wrote as JSON")
    parser.add_argument("--app", required=True, help="whose exceptions count")
    parser.add_argument("--sbom", type=Path, help="run the scanners that are here on it")
    parser.add_argument(
        "--fail-on", default=SEVERE, choices=reports.SEVERITIES, help="the severity from which it counts"
    )
    try:
        return gate(parser.parse_args(arguments))
    except PlimsollError as error:
        print(f"plimsoll: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
