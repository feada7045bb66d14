import pytest

from plimsoll.dockerfile import Dockerfile
from plimsoll.errors import PlimsollError


def test_reads_stages_with_names_platforms_and_lines():
    parsed = Dockerfile("# why\nFROM --platform=$BUILDPLATFORM golang:1.26 AS build\nRUN make\n\nfrom scratch\n")
    first, last = parsed.stages
    assert (first.name, first.base, first.platform, first.line) == ("build", "golang:1.26", "$BUILDPLATFORM", 2)
    assert (last.name, last.base, last.line) == ("", "scratch", 5)
    assert parsed.last is last


def test_joins_continued_lines_and_passes_over_comments_between_them():
    parsed = Dockerfile("FROM a\nRUN one \\\n  # a comment\n\n  && two\nUSER 1\n")
    run, user = parsed.last.instructions
    assert run.arguments == "one && two"
    assert (run.line, user.line) == (2, 6)


def test_reads_flags_and_leaves_them_out_of_the_arguments():
    text = "FROM a\nRUN --mount=type=cache,target=/c --mount=type=bind,from=b,target=/d --network=none make all\n"
    run = Dockerfile(text).last.instructions[0]
    assert run.flag("mount") == ["type=cache,target=/c", "type=bind,from=b,target=/d"]
    assert run.flag("network") == ["none"]
    assert run.arguments == "make all"


def test_a_heredoc_is_no_instruction():
    parsed = Dockerfile("FROM a\nRUN <<EOF\nFROM nothing\nUSER root\nEOF\nCOPY <<-'END' /x\n\tFROM b\n\tEND\nUSER 5\n")
    assert [instruction.keyword for instruction in parsed.last.instructions] == ["RUN", "COPY", "USER"]
    assert parsed.last.instructions[0].heredocs == ("FROM nothing\nUSER root",)
    assert parsed.last.instructions[1].heredocs == ("FROM b",)


def test_windows_line_ends_and_another_escape_character():
    parsed = Dockerfile("# escape=`\r\nFROM a\r\nRUN one `\r\n  two\r\nUSER 5\r\n")
    assert [(i.keyword, i.arguments) for i in parsed.last.instructions] == [("RUN", "one two"), ("USER", "5")]


@pytest.mark.parametrize(
    ("form", "words"),
    [('["/app", "-v"]', ["/app", "-v"]), ("/app -v", None), ('["/app", 5]', None), ("['/app']", None)],
)
def test_tells_exec_form_from_shell_form(form, words):
    assert Dockerfile(f"FROM a\nCMD {form}\n").last.instructions[0].exec_form == words


def test_bases_are_what_comes_from_outside():
    text = (
        "ARG TAG=1.26\nFROM golang:${TAG} AS build\nFROM debian:${SUITE:-trixie} AS tools\n"
        "FROM build AS test\nRUN --mount=from=busybox:1,target=/b true\nFROM scratch\n"
        "COPY --from=build /app /app\nCOPY --from=nginx:1 /x /x\nCOPY --from=0 /y /y\n"
    )
    assert Dockerfile(text).bases == {"golang:1.26": 2, "debian:trixie": 3, "busybox:1": 5, "nginx:1": 8}


def test_knows_what_a_stage_stands_on_and_what_it_needs():
    parsed = Dockerfile(
        "FROM a AS base\nFROM base AS build\nFROM base AS unused\n"
        "FROM scratch AS out\nCOPY --from=build /x /x\nFROM out\n"
    )
    assert [stage.name for stage in parsed.lineage(parsed.last)] == ["", "out"]
    assert [stage.name for stage in parsed.needed(parsed.last)] == ["base", "build", "out", ""]


def test_a_stage_may_bear_the_name_of_its_image():
    assert Dockerfile("FROM golang AS golang\nRUN x\n").bases == {"golang": 1}


@pytest.mark.parametrize(
    ("text", "cause"), [("", "has no FROM"), ("RUN x\nFROM a\n", ":1: RUN stands before the first FROM")]
)
def test_what_is_no_dockerfile_is_refused(text, cause):
    with pytest.raises(PlimsollError, match=cause):
        Dockerfile(text)
