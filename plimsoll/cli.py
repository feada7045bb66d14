"""The command `plimsoll`: what the Makefile's targets call."""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from plimsoll import engine_setup, interruption
from plimsoll.builds import build, fingerprint
from plimsoll.commands import bench, browser, check, cleanup, ending, formats, lint, new, practices, readme, targets
from plimsoll.containers import compose, helper, leavings
from plimsoll.errors import PlimsollError
from plimsoll.project import app, bases, lessons, rules, subjects
from plimsoll.say import say
from plimsoll.suite import report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

JUNIT = app.BUILD / "junit.xml"
ENDING = 40.0
"""Seconds that an interrupted pytest has to clean up, of which its workers take ten."""
COLLECT_AFTER = 50_000
"""New objects after which Python looks for garbage: the facts of an image are many, small and kept to the end."""


def engine(_: argparse.Namespace) -> int:
    """Find the Docker Engine, or install and start one."""
    print(engine_setup.ensure())
    return 0


def bases_(_: argparse.Namespace) -> int:
    """Have every base image: use it, pull it, or build its stand-in."""
    engine_setup.ensure()
    for base in bases.ensure({**bases.wanted(app.variants()), **compose.bases()}):
        print(f"{base.name}: {'stand-in, ' + base.stand_in if base.stand_in else 'official'}")
    return 0


def build_(options: argparse.Namespace) -> int:
    """Build the images of all apps, or of those named."""
    fingerprint.files()
    engine_setup.ensure()
    failed = [built for built in build.build(subjects.select(options.app)).values() if built.error]
    for built in failed:
        print(f"{built.image} does not build: {built.error}", file=sys.stderr)
    return 1 if failed else 0


def test(options: argparse.Namespace) -> int:
    """Build every image and run the suite; further arguments are pytest's."""
    # What git does not tell is said before anything is installed, pulled or built.
    fingerprint.files()
    say(str(engine_setup.ensure()))
    chosen = subjects.select(options.app)
    leavings.sweep()
    bases.ensure({helper.IMAGE: "the suite", **({} if options.app else compose.bases())})
    if not options.app:
        browser.ensure()
    build.build(chosen)
    arguments = [
        "-pplimsoll.interruption",
        "-pplimsoll.suite.sparing",
        # One more than there are processors: tests wait for containers as often as they compute.
        f"--numprocesses={(os.cpu_count() or 1) + 1}",
        "--dist=loadgroup",
        # In the order of the collection, which begins with what takes long; xdist would begin with what is many.
        "--no-loadscope-reorder",
        f"--junit-xml={JUNIT}",
        "-q",
        "-o",
        "console_output_style=count",
    ]
    arguments += [f"--app={name}" for name in options.app]
    paths = ["tests/rules", "tests/apps"] if options.app else ["tests"]
    try:
        code = _pytest([*arguments, *options.pytest, *(str(app.ROOT / path) for path in paths)])
    finally:
        with interruption.held():
            left = leavings.sweep()
    if left:
        raise PlimsollError(f"containers were left behind: {', '.join(left)} (removed now)", "a test must stop its own")
    return code


def _pytest(arguments: list[str]) -> int:
    """Run pytest in a process of its own, and let it clean up when it is interrupted."""
    with subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=app.ROOT) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # It was told, as every child is.
            try:
                process.wait(ENDING)
            except subprocess.TimeoutExpired:
                process.kill()
            raise


def check_(options: argparse.Namespace) -> int:
    """Judge any folder with a Dockerfile, or any local image, by the rules."""
    wanted = {name for name, rule in rules.rules().items() if rule.static or not options.static}
    if options.rule:
        wanted &= {rules.rule(name).name for name in options.rule}
    wanted -= {rules.rule(name).name for name in options.skip}
    how = targets.Options(
        base=options.base, environment=dict(options.env), network=options.network, patience=options.timeout
    )
    judgements = check.check(options.target, wanted, how)
    print(formats.FORMATS[options.format](judgements), end="")
    if any(judgement.findings for judgement in judgements):
        return 1
    return 2 if not judgements or any(judgement.unjudged for judgement in judgements) else 0


def rules_(_: argparse.Namespace) -> int:
    """List the rules."""
    width = max(len(name) for name in rules.rules())
    for rule in rules.rules().values():
        print(f"{rule.name:{width}}  {rule.why.splitlines()[0]}")
    return 0


def explain(options: argparse.Namespace) -> int:
    """Print the lesson of a rule: why it is there, and what keeps it."""
    print(lessons.explained(rules.rule(options.rule)), end="")
    return 0


def sizes(options: argparse.Namespace) -> int:
    """Print the measured size of every image that has been built."""
    rows = report.sizes(subjects.apps(options.app))
    print(report.markdown(rows) if options.markdown else report.text(rows), end="")
    return 0


def readme_(_: argparse.Namespace) -> int:
    """Write the size tables of the READMEs and docs/practices.md anew."""
    for file in [*practices.write(), *readme.write(subjects.apps([]))]:
        print(file.relative_to(app.ROOT))
    return 0


def bench_(options: argparse.Namespace) -> int:
    """Compare naive and prod images in time: rebuilds, first answers, requests per second."""
    engine_setup.ensure()
    print(bench.bench(subjects.apps(options.app), options.runs), end="")
    return 0


def new_(options: argparse.Namespace) -> int:
    """Make a new app from an old one."""
    folder = new.new(options.name, options.source)
    print(f"{folder.relative_to(app.ROOT)} is ready: `make test APP={options.name}` judges it")
    return 0


def up(_: argparse.Namespace) -> int:
    """Build and start the system, and print its address."""
    compose.port()
    say(str(engine_setup.ensure()))
    develop = [variant for variant in app.variants() if variant.name == "dev"]
    bases.ensure({**bases.wanted(develop), **compose.bases()})
    address = compose.up()
    print(compose.smoke(), end="")
    print(address)
    return 0


def down(_: argparse.Namespace) -> int:
    """Stop the system; its data stays."""
    compose.down()
    return 0


def lint_(_: argparse.Namespace) -> int:
    """Check the style of everything."""
    engine_setup.ensure()
    return 0 if lint.lint(subjects.apps([])) else 1


def clean(_: argparse.Namespace) -> int:
    """Remove what the project made: containers, networks, volumes, images, stand-ins, build/."""
    cleanup.clean()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plimsoll", description="Container images, and the suite that proves them.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        text = (run.__doc__ or "").splitlines()[0]
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    def apps(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added.add_argument("--app", action="append", default=[], metavar="NAME", help="only this app (repeatable)")
        return added

    command("engine", engine)
    command("bases", bases_)
    apps(command("build", build_))
    tested = apps(command("test", test))
    tested.add_argument("pytest", nargs=argparse.REMAINDER, help="arguments for pytest, after `--`")
    checked = command("check", check_)
    checked.add_argument("target", metavar="PATH|IMAGE", help="a folder with a Dockerfile, or an image that is here")
    checked.add_argument("--format", choices=formats.FORMATS, default="text", help="of what is printed")
    checked.add_argument("--rule", action="append", default=[], metavar="NAME", help="judge by this only (repeatable)")
    checked.add_argument("--skip", action="append", default=[], metavar="NAME", help="not by this (repeatable)")
    checked.add_argument("--static", action="store_true", help="only by rules that start and build nothing more")
    checked.add_argument("--base", action="store_true", help="as an image that others build on")
    checked.add_argument(
        "--env",
        type=_pair,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what its containers are started with (repeatable)",
    )
    checked.add_argument("--network", action="store_true", help="let its containers reach the network")
    checked.add_argument(
        "--timeout", type=float, default=targets.PATIENCE, metavar="SECONDS", help="until a container is ready"
    )
    command("rules", rules_)
    command("explain", explain).add_argument("rule", help="its name, as `plimsoll rules` lists it")
    apps(command("sizes", sizes)).add_argument("--markdown", action="store_true", help="as a table for a README")
    command("readme", readme_)
    apps(command("bench", bench_)).add_argument("--runs", type=int, default=bench.RUNS, help="of each variant")
    made = command("new", new_)
    made.add_argument("name", help="of the new app")
    made.add_argument("--from", dest="source", default="go-gin", metavar="APP", help="the app to begin from")
    command("up", up)
    command("down", down)
    command("lint", lint_)
    command("clean", clean)
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"`{text}` is not NAME=VALUE")
    return name, value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code."""
    gc.set_threshold(COLLECT_AFTER)
    options = _parser().parse_args(arguments)
    if getattr(options, "pytest", [])[:1] == ["--"]:
        options.pytest = options.pytest[1:]
    stays = "; `make down` stops what has been started" if options.run is up else ""
    return ending.run(lambda: options.run(options), stays)
