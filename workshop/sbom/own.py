"""What the image is an image of: what the build was told, or what the app's own manifest says."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

from workshop.sbom.package import Package

if TYPE_CHECKING:
    from workshop.sbom.tree import Tree


def package(context: Tree | None, name: str = "", version: str = "") -> Package:
    """The app itself.

    Args:
        context: what was sent to the builder, in which its manifest may be.
        name: what the build was told that it is called.
        version: the version that the build was told.

    """
    kind, told, told_version = _manifest(context) if context else ("", "", "")
    if told:
        return Package(kind, told, version or told_version)
    return Package("generic", name or "application", version)


def _manifest(context: Tree) -> tuple[str, str, str]:
    if "go.mod" in context and (match := re.search(r"^module\s+(\S+)", context.text("go.mod"), re.MULTILINE)):
        return "golang", match[1], ""
    if "Cargo.toml" in context:
        told = tomllib.loads(context.text("Cargo.toml")).get("package", {})
        return "cargo", told.get("name", ""), str(told.get("version", ""))
    if "package.json" in context:
        told = json.loads(context.text("package.json"))
        return "npm", told.get("name", ""), told.get("version", "")
    return "", "", ""
