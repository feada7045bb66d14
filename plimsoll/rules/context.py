"""Rules about a build's context: what of a folder reaches the builder, measured by a build that gives it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule
from plimsoll.units import show_size

if TYPE_CHECKING:
    from plimsoll.facts.build.context import Context
    from plimsoll.facts.build.dropped import Dropped
    from plimsoll.findings import Finding
    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.subject import Variant


ALLOW = "let .dockerignore begin with `*` and name with `!` what the build needs"


def _place(dockerfile: Dockerfile, context: Context) -> str:
    """Where it is to be fixed: the ignore file, or the widest of the lines that take something."""
    widest = min(context.sources, key=lambda source: (source != ".", len(source)))
    return str(context.ignore or dockerfile.place(context.sources[widest]))


@rule(Level.ERROR)
def context_holds_no_secret(dockerfile: Dockerfile, context: Context) -> list[Finding]:
    """What reaches the builder is in its cache, in a layer after `COPY . .`, and with .git all that ever was there."""
    found = [(_place(dockerfile, context), f"{path} {what}") for path, what in sorted(context.secrets.items())]
    return broken_at(found, fix=ALLOW)


@rule(Level.WARNING)
def context_keeps_secrets_and_git_out(dockerfile: Dockerfile, context: Context) -> list[Finding]:
    """What is not in the folder today is there on somebody's machine: settings with a password, the history."""
    place = _place(dockerfile, context)
    return broken_at(
        [(place, f"{path} would reach the builder if it were there") for path in context.unguarded], fix=ALLOW
    )


@rule(Level.WARNING)
def context_keeps_build_output_out(dockerfile: Dockerfile, context: Context) -> list[Finding]:
    """What tools made on this machine is for this machine: copied into the image it hides what the build makes."""
    found = [(_place(dockerfile, context), f"{path} {what}") for path, what in context.output.items()]
    return broken_at(found, fix=ALLOW)


@rule(Level.WARNING)
def context_is_small(subject: Variant, dockerfile: Dockerfile, context: Context) -> list[Finding]:
    """All of it is read, sent and compared at every build, before the first step runs."""
    most = subject.expectations.max_context
    sent = context.sent
    largest = sorted(sent.files.items(), key=lambda item: -item[1])[:3]
    size = f"{'more than ' if sent.cut else ''}{show_size(sent.size)} in {len(sent.files)} files"
    names = ", ".join(f"{path} ({show_size(size)})" for path, size in largest)
    found = f"{size} reach the builder, {show_size(most)} may; the largest: {names or 'not read any more'}"
    return broken_at([(_place(dockerfile, context), found)] if sent.cut or sent.size > most else [], fix=ALLOW)


@rule(Level.ERROR)
def copies_only_what_the_context_has(
    dockerfile: Dockerfile, context: Context, build_checks: list[tuple[str, str]]
) -> list[Finding]:
    """A file that the ignore file keeps out is not there for a COPY: that target no longer builds."""
    found = [
        (dockerfile.place(context.sources[path]), f"{path} is in the folder, and {context.ignore} keeps it out")
        for path in context.missing
    ]
    return broken_at(
        [*build_checks, *found], fix="let it through with a line that begins with `!`, or copy something else"
    )


@rule(Level.ERROR, started=True)
def lets_through_what_the_program_asks_for(context: Context, dropped: list[Dropped]) -> list[Finding]:
    """`COPY . .` succeeds whatever the ignore file keeps out: only the start tells that a script is missing."""
    found = [
        (f"{context.ignore}:{each.line}", f"it keeps {each.local} out, and {each.by} asks for {each.path}")
        for each in dropped
    ]
    return broken_at(found, fix="let it through with a line that begins with `!`, or make it in a step of the build")
