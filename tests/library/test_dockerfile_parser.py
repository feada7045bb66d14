import time

import pytest

from plimsoll.errors import PlimsollError
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.parsing.shell import pipelines

QUADRATIC = 30
"""Seconds of work that no megabyte needs in linear time, and every one in quadratic time."""


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


def test_a_byte_order_mark_and_lower_case_instructions_change_nothing():
    parsed = Dockerfile("\ufefffrom a as Build\nrun make\nFrom scratch\ncopy --from=build /x /x\n")
    assert [stage.name for stage in parsed.stages] == ["Build", ""]
    assert [stage.name for stage in parsed.needed(parsed.last)] == ["Build", ""]
    assert parsed.last.instructions[0].keyword == "COPY"


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("RUN one\\\ntwo\n", "onetwo"),
        ("RUN one \\\n\\\n  two\n", "one two"),
        ("RUN one \\  \n\t&& two\n", "one && two"),
        ("RUN echo a\\\\\nUSER 5\n", "echo a\\\\"),
        ("RUN one \\\n# a comment that ends in a backslash \\\n  two\n", "one two"),
        ("RUN one \\\n", "one"),
    ],
)
def test_joins_lines_as_buildkit_does(text, arguments):
    assert Dockerfile(f"FROM a\n{text}").last.instructions[0].arguments.strip() == arguments


def test_parser_directives_stand_at_the_top_and_nowhere_else():
    text = "#check=skip=JSONArgsRecommended;error=true\n# escape = `\nFROM a\n# escape=\\\nRUN one `\n two\n"
    parsed = Dockerfile(text)
    assert parsed.directives == {"check": "skip=JSONArgsRecommended;error=true", "escape": "`"}
    assert parsed.last.instructions[0].arguments == "one two"
    assert Dockerfile("# hadolint ignore=DL3006\n# escape=`\nFROM a\n").directives == {}
    assert Dockerfile("# other=x\n# escape=`\nFROM a\n").directives == {}


def test_several_heredocs_of_one_instruction():
    parsed = Dockerfile(
        "FROM a\nCOPY <<one <<\"two\" /etc/\n1\none\n2\n$x\ntwo\nRUN cat <<EOF > /x && echo '<<no'\nEOF\nUSER 5\n"
    )
    copy, run, user = parsed.last.instructions
    assert copy.heredocs == ("1", "2\n$x")
    assert copy.sources == []
    assert run.heredocs == ("",)
    assert (user.keyword, user.line) == ("USER", 10)


def test_a_heredoc_that_never_ends_takes_the_rest():
    assert len(Dockerfile("FROM a\nRUN <<EOF\nUSER 5\n").last.instructions) == 1


def test_a_shift_is_no_heredoc():
    run, user = Dockerfile("FROM a\nRUN echo $((1<<X)) '<<Y' a<<Z\nUSER 5\n").last.instructions
    assert (run.heredocs, user.keyword) == ((), "USER")


def test_onbuild_keeps_an_instruction_with_its_flags_and_heredocs():
    parsed = Dockerfile("FROM a\nONBUILD RUN --network=none <<EOF\nUSER root\nEOF\nONBUILD copy . /src\nUSER 5\n")
    run, copy, user = parsed.last.instructions
    assert run.trigger is not None
    assert (run.trigger.keyword, run.trigger.flag("network")) == ("RUN", ["none"])
    assert run.trigger.heredocs == ("USER root",)
    assert copy.trigger is not None
    assert (copy.trigger.keyword, copy.trigger.sources) == ("COPY", ["."])
    assert (user.line, user.trigger) == (6, None)


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("COPY a b /c/", ["a", "b"]),
        ('COPY ["a b", "c", "/d/"]', ["a b", "c"]),
        ("COPY --chown=1:1 --chmod=644 a /b", ["a"]),
        ('COPY "a b" /c', ["a b"]),
        ("COPY [ a ] /c", ["[", "a", "]"]),
    ],
)
def test_sources_of_either_form(text, sources):
    assert Dockerfile(f"FROM a\n{text}\n").last.instructions[0].sources == sources


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ('ENV A=1 B="two words" C=a\\ b D=', {"A": "1", "B": "two words", "C": "a b", "D": ""}),
        ("ENV A 1 2", {"A": "1 2"}),
        ("ARG A B=$A", {"A": None, "B": "$A"}),
        ("LABEL \"a.b\"='c=d'", {"a.b": "c=d"}),
    ],
)
def test_pairs_of_arguments_variables_and_labels(text, pairs):
    assert Dockerfile(f"FROM a\n{text}\n").last.instructions[0].pairs == pairs


def test_mounts_have_the_names_of_the_reference():
    run = Dockerfile("FROM a\nRUN --mount=type=bind,src=a,dst=/b --mount=from=c,target=/d,ro x\n").last.instructions[0]
    assert run.mounts == [
        {"type": "bind", "source": "a", "target": "/b"},
        {"from": "c", "target": "/d", "ro": ""},
    ]


def test_arguments_stand_on_one_another_and_unknown_ones_stay():
    text = (
        "ARG V=3.22 NAME=alpine\nARG BASE=$NAME:${V}\nFROM $BASE AS a\nFROM --platform=$BUILDPLATFORM b-$TARGETARCH\n"
    )
    parsed = Dockerfile(text)
    assert [stage.base for stage in parsed.stages] == ["alpine:3.22", "b-$TARGETARCH"]
    assert parsed.last.platform == "$BUILDPLATFORM"
    assert parsed.bases == {"alpine:3.22": 3}


def test_a_stage_that_is_chosen_by_the_platform_may_be_any_of_its_name():
    parsed = Dockerfile("FROM a AS build-amd64\nFROM b AS build-arm64\nFROM c AS other\nFROM build-$TARGETARCH\n")
    assert [stage.name for stage in parsed.needed(parsed.last)] == ["build-amd64", "build-arm64", ""]


@pytest.mark.parametrize(
    "line",
    [
        "RUN echo " + "x" * 2**20,
        "RUN echo " + 'a"b"' * 2**18,
        "RUN cat " + "<<A " * 2**16,
        "RUN cat " + "<<" * 2**19,
        "ENV A=" + "${a-" * 2**18,
        "ENV A=" + '"' * (2**20 + 1),
        "RUN " + '\\"' * 2**19,
        "RUN " + "$(" * 2**18,
        "CMD " + "[" * 2**20,
        "COPY [" + '"a",' * 2**18 + '"/b"]',
        "RUN true \\\n" + " && true \\\n" * 2**16,
        "# " + "x" * 2**20,
    ],
    ids=lambda line: line[:12],
)
def test_a_line_of_a_megabyte_takes_time_that_grows_with_its_length(line):
    begun = time.process_time()
    parsed = Dockerfile(f"FROM a\n{line}\nUSER 5\n")
    for instruction in parsed.last.instructions:
        assert instruction.exec_form is None or instruction.words
        pipelines(instruction.script)
        assert instruction.pairs is not None
    assert time.process_time() - begun < QUADRATIC


def test_a_dockerfile_that_is_no_text_is_refused_with_its_name(tmp_path):
    file = tmp_path / "Dockerfile"
    file.write_bytes(b"FROM a\n\xff\xfe\n")
    with pytest.raises(PlimsollError, match="UTF-8"):
        Dockerfile.read(file)


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("ARG V=3.13\nFROM python:${V}-slim", "python:3.13-slim"),
        ("ARG V\nFROM python:${V:-3.13}", "python:3.13"),
        ("ARG V='3.13'\nFROM \"python:$V\" AS x", "python:3.13"),
        ("ARG R=\nFROM ${R:+$R/}python:3.13", "python:3.13"),
        ("ARG V\nFROM python:$V", "python:$V"),
        ("ARG A=b B=$A\nFROM $B", "b"),
    ],
)
def test_the_base_of_a_stage_by_the_defaults_of_arguments(text, base):
    assert Dockerfile(f"{text}\n").last.base == base


def test_escapes_count_as_the_file_says():
    text = '# escape=`\nFROM a\nENV SHARE=\\\\harbour\\charts\\\nENV B=`"x`" C=d`  e\n'
    text += "COPY a\\ b /c\nRUN x `\n && y \\\nUSER 5\n"
    share, quoted, copy, run, user = Dockerfile(text).last.instructions
    assert share.pairs == {"SHARE": "\\\\harbour\\charts\\"}
    assert quoted.pairs == {"B": '"x"', "C": "d ", "e": None}
    assert copy.sources == ["a\\", "b"]
    assert (run.arguments, user.line) == ("x && y \\", 8)


def test_a_first_line_that_names_a_program_hides_the_escape_and_nothing_else():
    text = "#!/usr/bin/env x\n# check=skip=all\n# escape=`\nFROM a\nRUN x \\\n y\n"
    parsed = Dockerfile(text)
    assert parsed.directives == {"check": "skip=all"}
    assert parsed.last.instructions[0].arguments == "x y"


def test_the_shell_is_that_of_the_stage_or_of_the_one_below():
    text = (
        'FROM a AS b\nRUN x\nSHELL ["python3", "-c"]\nRUN x\nFROM b AS c\nRUN x\n'
        'SHELL ["conda", "run", "/bin/bash", "-c"]\nRUN x\nFROM a\nRUN x\n'
    )
    assert [run.is_for_a_shell for stage in Dockerfile(text).stages for run in stage.all("RUN")] == [
        True,
        False,
        False,
        True,
        True,
    ]


def test_comments_belong_to_what_stands_below_them():
    parsed = Dockerfile("# escape=\\\n# one\nFROM a\n# two\n\n# three\nRUN x \\\n # no\n y\n# gone\n#\nUSER 5\n")
    assert parsed.stages[0].comments == ("one",)
    assert [each.comments for each in parsed.last.instructions] == [("two", "three"), ()]


@pytest.mark.parametrize(
    ("run", "script"),
    [
        ("RUN <<EOF", True),
        ("RUN << 'EOF'", True),
        ("RUN 3<<-EOF", True),
        ("RUN <<EOF cat", False),
        ("RUN cat <<EOF", False),
    ],
)
def test_a_heredoc_alone_is_the_script(run, script):
    assert Dockerfile(f"FROM a\n{run}\nmake\nEOF\n").last.instructions[0].is_one_heredoc is script
