"""The workshop's commands, which the Makefile's targets call: `python -m workshop COMMAND`."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import cli
from plimsoll.commands import discovery, ending
from plimsoll.errors import PlimsollError, UnreadableError
from plimsoll.facts.image import saved
from plimsoll.facts.run import helper, orphans
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.say import say
from workshop import (
    apps,
    bare,
    bases,
    bench,
    browser,
    build,
    cleanup,
    engine_setup,
    field,
    foreign,
    growth,
    judging,
    lint,
    listed,
    machines,
    new,
    practices,
    readme,
    registry,
    renewal,
    selection,
    side_by_side,
    sizes,
    space,
    system,
    testing,
)
from workshop.publishing import plan, release, reproducing, signing
from workshop.root import PREFIX, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def engine(_: argparse.Namespace) -> int:
    """Find the Docker Engine, or install and start one."""
    print(engine_setup.ensure())
    return 0


def bases_(options: argparse.Namespace) -> int:
    """Have every base image: use it, pull it, or build its stand-in; print where each came from."""
    say(str(engine_setup.ensure()))
    for base in bases.ensure({**bases.wanted(apps.variants()), **system.bases()}, renew=options.renew):
        print(f"{base.name}: {base.origin}")
    return 0


def build_(options: argparse.Namespace) -> int:
    """Build the images of all apps, or of those named."""
    listed.require_readable()
    engine_setup.ensure()
    failed = [built for built in build.build(selection.variants(options.app)).values() if built.error]
    for built in failed:
        print(f"{built.image} does not build: {built.error}", file=sys.stderr)
    return 1 if failed else 0


def test(options: argparse.Namespace) -> int:
    """Build every image and run the suite; further arguments are pytest's."""
    engine_setup.require_here()
    listed.require_readable()
    say(str(engine_setup.ensure()))
    space.require()
    chosen = selection.variants(options.app)
    orphans.clean_up()
    if options.platform:
        foreign.prepare(options.platform, options.app)
        return testing.run_elsewhere(options.platform, options.app, options.pytest)
    bases.ensure({helper.IMAGE: "the suite", **({} if options.app else system.bases())})
    if not options.app:
        browser.ensure()
        field.ensure_bases()
    build.build(chosen)
    return testing.run(options.app, options.pytest)


def machines_(_: argparse.Namespace) -> int:
    """Try the judge where there is little; then all, with a rootless engine, and where a registry answers."""
    engine_setup.require_here()
    say(str(engine_setup.ensure()))
    orphans.clean_up()
    done = [prove() for prove in (bare.prove, machines.prove, registry.prove)]
    print("\n".join(told for told, _ in done), end="")
    return 0 if all(green for _, green in done) else 1


def sizes_(options: argparse.Namespace) -> int:
    """Print the measured size of every image that has been built."""
    before = growth.read(options.against) if options.against else []
    rows = sizes.sizes(selection.of_apps(options.app))
    shown = {"text": sizes.text, "markdown": sizes.markdown, "json": growth.document}
    print(growth.markdown(before, rows) if options.against else shown[options.format](rows), end="")
    return 0


def reproduce(options: argparse.Namespace) -> int:
    """Build the images of a tag again, and compare their digests with those that were published."""
    say(str(engine_setup.ensure()))
    planned = plan.make(options.registry, options.tag, options.app, options.platform)
    print("".join(f"{line}\n" for line in reproducing.compare(planned)), end="")
    return 0


def renewed(options: argparse.Namespace) -> int:
    """Print why what was published would be built of other bases today; nothing where it would not."""
    published = [f"{options.registry}/{app}:{options.tag}" for app in sorted({each.app for each in apps.variants()})]
    print("".join(f"{reason}\n" for reason in renewal.changed(published)), end="")
    return 0


def readme_(_: argparse.Namespace) -> int:
    """Write anew what pages print from facts: sizes, practices, and what the judge says of itself."""
    for file in [*practices.write(), *judging.write(), *readme.write(selection.of_apps([]))]:
        print(file.relative_to(ROOT))
    return 0


def bench_(options: argparse.Namespace) -> int:
    """Compare naive and prod images in time: rebuilds, first answers, requests per second."""
    engine_setup.ensure()
    print(bench.bench(selection.of_apps(options.app), options.runs), end="")
    return 0


def peers(_: argparse.Namespace) -> int:
    """Hold the judge against its peers, and write docs/peers.md anew."""
    engine_setup.ensure()
    field.ensure_bases()
    print(side_by_side.write().relative_to(ROOT))
    return 0


def publish(options: argparse.Namespace) -> int:
    """Publish production images: what is judged is pushed by its digest, read back, signed, and only then named."""
    engine_setup.require_here()
    say(str(engine_setup.ensure()))
    planned = plan.make(options.registry, options.tag, options.app, options.platform)
    if options.dry_run:
        print("\n".join(planned.lines()))
        return 0
    listed.require_readable()
    for line in planned.lines():
        say(line)
    bases.ensure({helper.IMAGE: "the judge"})
    print("\n".join(release.publish(planned, signing.Signer(options.key))))
    return 0


def new_(options: argparse.Namespace) -> int:
    """Make a new app from an old one."""
    folder = new.new(options.name, options.source)
    print(f"{folder.relative_to(ROOT)} is ready: `make test APP={options.name}` judges it")
    return 0


def up(_: argparse.Namespace) -> int:
    """Build and start the system, and print its address."""
    system.port()
    engine_setup.require_here()
    listed.require_readable()
    say(str(engine_setup.ensure()))
    develop = [variant for variant in apps.variants() if variant.name == "dev"]
    bases.ensure({**bases.wanted(develop), **system.bases()})
    address = system.up()
    print(system.smoke(), end="")
    print(address)
    return 0


def down(_: argparse.Namespace) -> int:
    """Stop the system; its data stays."""
    system.down()
    return 0


def lint_(_: argparse.Namespace) -> int:
    """Check the style of everything."""
    engine_setup.ensure()
    return 0 if lint.lint(selection.of_apps([])) else 1


def clean(_: argparse.Namespace) -> int:
    """Remove what the project made: containers, networks, volumes, images, stand-ins, build/."""
    cleanup.clean()
    return 0


def check(options: argparse.Namespace) -> int:
    """Judge any folder or image by the rules; bases that can't be pulled are stood in for, as everywhere here."""
    target = Path(options.target)
    is_saved = saved.is_one(target)
    if not is_saved:
        engine_setup.ensure()
    for name, place in ({} if is_saved else _needed(target)).items():
        try:
            bases.ensure({name: place})
        except PlimsollError as error:
            # The judge tells what that leaves out, and judges the rest.
            say(str(error))
    # Here everything can be had: what is not judged is a failure, unless less was asked for.
    chosen = any(each.startswith(("--depth", "--require")) for each in options.arguments)
    required = "--require=image" if is_saved else "--require=run"
    arguments = options.arguments if chosen else [required, *options.arguments]
    # In its place: what the judge then says of signals, and its exit code, are the command's own.
    command = [sys.executable, "-m", "plimsoll", "check", options.target, *arguments]
    os.execv(command[0], command)  # noqa: S606 - it needs no shell


def _needed(target: Path) -> dict[str, str]:
    """The images that judging a folder or a Dockerfile takes, each with what needs it, but for our own."""
    needed = {helper.IMAGE: "the judge"}
    for file in discovery.in_folder(target).dockerfiles if target.is_dir() else [target] if target.is_file() else []:
        # What can't be read is the judge's to tell.
        with suppress(UnreadableError):
            bases_of = Dockerfile.read(file).bases
            needed |= {name: f"{file}:{line}" for name, line in bases_of.items() if not name.startswith(PREFIX)}
    return needed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workshop", description="What this repository does with itself.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        text = (run.__doc__ or "").splitlines()[0]
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    def apps_(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added.add_argument("--app", action="append", default=[], metavar="NAME", help="only this app (repeatable)")
        return added

    command("engine", engine)
    command("bases", bases_).add_argument("--renew", action="store_true", help="pull those that are here, too")
    apps_(command("build", build_))
    tested = apps_(command("test", test))
    tested.add_argument("--platform", default="", help="prove production images for it instead, such as linux/arm64")
    tested.add_argument("pytest", nargs=argparse.REMAINDER, help="arguments for pytest, after `--`")
    command("machines", machines_)
    judged = command("check", check)
    judged.add_argument("target", metavar="TARGET", help="what `plimsoll check` can be pointed at")
    judged.add_argument("arguments", nargs=argparse.REMAINDER, help="arguments for `plimsoll check`")
    shown = apps_(command("sizes", sizes_)).add_mutually_exclusive_group()
    for form, text in {"markdown": "as a table for a README", "json": "for --against, in a later run"}.items():
        shown.add_argument(f"--{form}", dest="format", action="store_const", const=form, default="text", help=text)
    shown.add_argument("--against", type=Path, metavar="FILE", help="what changed since it was printed with --json")
    asked = command("renewed", renewed)
    asked.add_argument("registry", metavar="HOST/OWNER", help="where the images were published")
    asked.add_argument("--tag", default="edge", help="which of them")
    command("readme", readme_)
    apps_(command("bench", bench_)).add_argument("--runs", type=int, default=bench.RUNS, help="of each variant")
    command("peers", peers)
    for released in (command("publish", publish), command("reproduce", reproduce)):
        apps_(released).add_argument("--registry", default="", metavar="HOST/PATH", help="under which the images stand")
        released.add_argument("--tag", default="", help="of git, of the commit; empty: the main branch's newest")
        released.add_argument("--platform", action="append", default=[], help="only for these (repeatable)")
        if released.get_default("run") is publish:
            released.add_argument("--key", default="", help="that signs: a file, or an address as cosign takes it")
            released.add_argument("--dry-run", action="store_true", help="print the plan, and do nothing")
    made = command("new", new_)
    made.add_argument("name", help="of the new app")
    made.add_argument("--from", dest="source", default="go-gin", metavar="APP", help="the app to begin from")
    command("up", up)
    command("down", down)
    command("lint", lint_)
    command("clean", clean)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what the user can fix is told in one line, without a traceback."""
    gc.set_threshold(cli.COLLECT_AFTER)
    options = _parser().parse_args(arguments)
    if getattr(options, "pytest", [])[:1] == ["--"]:
        options.pytest = options.pytest[1:]
    stays = "; `make down` stops what has been started" if options.run is up else ""
    return ending.run(lambda: options.run(options), stays)
