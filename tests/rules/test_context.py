"""Rules about a build's context: what of a folder reaches the builder, measured by a build that gives it back."""

from plimsoll.builds.context import IF_THERE
from plimsoll.findings import forbid
from plimsoll.units import show_size

ALLOW = "let .dockerignore begin with `*` and name with `!` what the build needs"


def _place(dockerfile, context):
    """Where it is to be mended: the ignore file, or the widest of the lines that take something."""
    widest = min(context.sources, key=lambda source: (source != ".", len(source)))
    return str(context.ignore or dockerfile.place(context.sources[widest]))


def test_context_keeps_secrets_and_git_out(dockerfile, context):
    """What reaches the builder is in its cache, in a layer after `COPY . .`, and with .git all that ever was there."""
    found = [(_place(dockerfile, context), f"{path} {what}") for path, what in sorted(context.secrets.items())]
    forbid(found, mend=ALLOW)


def test_context_keeps_build_output_out(dockerfile, context):
    """What tools made on this machine is for this machine: copied into the image it hides what the build makes."""
    found = [(_place(dockerfile, context), f"{path} {IF_THERE}") for path in context.output]
    forbid(found, mend=ALLOW)


def test_context_is_small(variant, dockerfile, context):
    """All of it is read, sent and compared at every build, before the first step runs."""
    most = variant.expectations.max_context
    sent = context.sent
    largest = sorted(sent.files.items(), key=lambda item: -item[1])[:3]
    size = f"{'more than ' if sent.cut else ''}{show_size(sent.size)} in {len(sent.files)} files"
    names = ", ".join(f"{path} ({show_size(size)})" for path, size in largest)
    found = f"{size} reach the builder, {show_size(most)} may; the largest: {names or 'not read any more'}"
    forbid([(_place(dockerfile, context), found)] if sent.cut or sent.size > most else [], mend=ALLOW)


def test_copies_only_what_the_context_has(dockerfile, context, remarks):
    """A file that the ignore file keeps out is not there for a COPY: that target no longer builds."""
    found = [
        (dockerfile.place(context.sources[path]), f"{path} is in the folder, and {context.ignore} keeps it out")
        for path in context.missing
    ]
    forbid([*remarks, *found], mend="let it through with a line that begins with `!`, or copy something else")
