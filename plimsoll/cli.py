"""The command `plimsoll`: judge a folder or an image, list the rules, explain one.

What a command does is in the module of its name, which is loaded once it is chosen: who only asks for help does not
wait until all is there that judging needs.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from plimsoll.commands import codes, ending, trust
from plimsoll.commands.options import DEPTHS, FORMATS
from plimsoll.rule import Level
from plimsoll.say import be_quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

COLLECT_AFTER = 50_000
"""New objects after which Python looks for garbage: the facts of an image are many, small and kept to the end."""


TARGETS = (
    "a folder with Dockerfiles or compose files, one of these by its path, `-` for a Dockerfile from standard input, "
    "an image that is here, one that was saved (an archive, or a folder of OCI's layout), or one that is published: "
    "REGISTRY/IMAGE@sha256:DIGEST, or with a tag where the engine does not have it"
)


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="plimsoll", description="Judges container images by rules.", epilog=codes.TABLE, formatter_class=form
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, epilog=codes.TABLE, formatter_class=form)

    check = command(
        "check", "Judge any folder with a Dockerfile, any image that is here, saved or published, by the rules."
    )
    check.epilog = f"{trust.TEXT}\n{codes.TABLE}"
    _check(check)
    init = command("init", "Write a first plimsoll.toml for a folder with a Dockerfile, from what is measured.")
    _init(init)
    rules = command("rules", "List the rules, each with its group and its level.")
    rules.add_argument("--format", choices=("text", "markdown"), default="text", help="of the list")
    explain = command("explain", "Print the lesson of a rule: why it is there, and what keeps it.")
    explain.add_argument("rule", help="its name, as `plimsoll rules` lists it")
    return parser


def _check(parser: argparse.ArgumentParser) -> None:
    def add(*names: str, text: str, **more: object) -> None:
        parser.add_argument(*names, help=text, **more)  # type: ignore[arg-type]

    add("targets", metavar="TARGET", nargs="+", text=TARGETS)
    add("-r", "--recursive", action="store_true", text="of folders, all Dockerfiles and compose files below them too")
    add("-f", "--file", metavar="FILE", default="", text="the Dockerfile, where TARGET is the folder of its build")
    repeatable = {"action": "append", "default": []}
    add("--target", metavar="STAGE", default="", text="judge this stage only")
    add("--build-arg", metavar="NAME=VALUE", type=_argument, **repeatable, text="of its build (repeatable)")
    add("--secret", metavar="id=NAME,src=FILE", type=_secret, **repeatable, text="of its build (repeatable)")
    add("--ssh", metavar="default|NAME=FILE", **repeatable, text="of its build (repeatable)")
    add(
        "--platform",
        metavar="OS/ARCH",
        default="",
        text="of its build, or which image of an archive or a registry is meant",
    )
    add(
        "--output",
        metavar="FORMAT[=FILE]",
        **repeatable,
        text=f"{', '.join(FORMATS)}; without a file on standard output (repeatable)",
    )
    levels = [each.value for each in Level]
    add(
        "--fail-on",
        choices=levels,
        default="warning",
        text="exit with 1 from this level on, else warning; note also shows notes",
    )
    add("--verbose", action="store_true", text="each finding by itself, notes too, with its rule's address")
    add("--rule", metavar="NAME", **repeatable, text="judge by this only, its group before it or not (repeatable)")
    add("--skip", metavar="NAME", **repeatable, text="not by this (repeatable)")
    add("--depth", choices=DEPTHS, default=DEPTHS[-1], text="stop after the text, the built image, or its containers")
    add("--require", choices=DEPTHS, default="", text="a rule of this depth that can't be judged is a failure")
    add("--thorough", action="store_true", text="also by rules that take more than ten seconds by themselves")
    add("--base", action="store_true", text="as an image that others build on")
    add("--development", action="store_true", text="as an image that is never deployed, whatever its tag")
    add("--config", metavar="FILE", type=Path, text="the plimsoll.toml that counts, also for an image")
    add("--baseline", metavar="FILE", type=Path, text="fail only on what is not written down there")
    add("--write-baseline", metavar="FILE", type=Path, text="write down what is found")
    add("--keep", action="store_true", text="the images that are built for this, and tell their names")
    _starting(parser)


def _starting(parser: argparse.ArgumentParser) -> None:
    """How containers are started, whatever they are started for."""

    def add(*names: str, text: str, **more: object) -> None:
        parser.add_argument(*names, help=text, **more)  # type: ignore[arg-type]

    pairs = {"metavar": "NAME=VALUE", "type": _pair, "action": "append", "default": []}
    add("--env", **pairs, text="what its containers start with (repeatable)")
    add("--network", action="store_true", text="let its containers reach the network")
    add("--timeout", metavar="SECONDS", type=_seconds, text="until a container is ready")
    add("--helper", metavar="IMAGE", default="", text="whose tools look into containers, instead of Debian's")
    add("--quiet", action="store_true", text="tell nothing of what is under way")


def _init(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"{trust.TEXT}\n{codes.TABLE}"
    parser.add_argument("path", metavar="PATH", type=Path, help="a folder with a Dockerfile and no plimsoll.toml")
    _starting(parser)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"`{text}` is not NAME=VALUE")
    return name, value


def _argument(text: str) -> tuple[str, str]:
    """A build argument; one without a value has that of the environment, as `docker build` takes it."""
    name, equals, value = text.partition("=")
    if not name or not (equals or name in os.environ):
        raise argparse.ArgumentTypeError(f"`{text}` is not NAME=VALUE, nor a variable of the environment")
    return name, value if equals else os.environ[name]


def _secret(text: str) -> str:
    """A secret; a relative path in it is meant from here, wherever the build runs."""
    parts = [part.partition("=") for part in text.split(",")]
    if not any(name == "id" and value for name, _, value in parts):
        raise argparse.ArgumentTypeError(f"`{text}` names no secret: id=NAME,src=FILE or id=NAME,env=VARIABLE")
    return ",".join(
        f"{name}={Path.cwd() / value}" if name in {"src", "source"} else f"{name}{equals}{value}"
        for name, equals, value in parts
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds")
    return seconds


def _run(given: argparse.Namespace) -> int:
    return cast("int", importlib.import_module(f"plimsoll.commands.{given.command}").run(given))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what the user can fix is told in one line, without a traceback."""
    gc.set_threshold(COLLECT_AFTER)
    try:
        given = _parser().parse_args(arguments)
    except SystemExit as end:
        # The parser has said why, or has helped. Nobody else ends a command in this way and is taken at his word.
        return int(end.code or codes.CLEAN)
    if getattr(given, "quiet", False):
        be_quiet()
    return ending.run(lambda: _run(given))
