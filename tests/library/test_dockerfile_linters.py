"""What linters are believed, where they are told to be quiet, and that hadolint reads all that BuildKit does."""

import pytest

from plimsoll.facts.text import arguments, buildkit, linters, silenced
from plimsoll.facts.text.remark import Remark
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.rule import every_rule
from plimsoll.rules.dockerfile import stages, steps
from plimsoll.subject import Variant


@pytest.fixture
def said(tmp_path, monkeypatch):
    """The linters' remarks on a text: hadolint's, and those that BuildKit is given to say."""

    def ask(text, *of_buildkit):
        file = tmp_path / "Dockerfile"
        file.write_bytes(text.encode())
        checked = [Remark(line, f"{file}:{line}", rule, words) for line, rule, words in of_buildkit]
        monkeypatch.setattr(buildkit, "check", lambda _: (checked, ()))
        variant = Variant(f"own{abs(hash(text))}", "own", "own", folder=tmp_path, file=file)
        return remarks(linters.of_hadolint(variant.dockerfile)) | remarks(linters.of_buildkit(variant))

    return ask


def remarks(owned):
    """The line and the linter's rule of all that belongs to any rule."""
    told = [each for rule in every_rule() for each in owned(rule)]
    return {(int(place.rpartition(":")[2]), words.partition(",")[0]) for place, words in told}


@pytest.mark.parametrize(
    ("heredoc", "lines"),
    [
        ("RUN <<\\EOF\nmake\nEOF\n", 3),
        ('RUN <<"EOF"\nmake\nEOF\n', 3),
        ('RUN << "EOF"\nmake\nEOF\n', 3),
        ("RUN <<-EOF\n\tmake\n\tEOF\n", 3),
        ("RUN <<E'O'F\nmake\nEOF\n", 3),
        ("RUN 3<<EOF\nmake\nEOF\n", 3),
        ("RUN <<EOF cat\nUSER root\nEOF\n", 3),
        ("RUN <<EOF\ncat <<END > /x\nEOF2\nit's\nEND\nEOF\n", 6),
        ("RUN python3 <<EOF\nimport os\nEOF\n", 3),
        ("RUN <<EOF\n#!/usr/bin/env python3\nx = (1 << 2)\nEOF\n", 4),
        ("COPY <<EOF /etc/motd\nFROM here\nEOF\n", 3),
        ("COPY --chmod=755 <<'EOF' /start.sh\n#!/bin/sh\nEOF\n", 3),
        ("COPY --chmod=755 <<'EOF' /start.sh\r\n#!/bin/sh\r\nEOF\r\n", 3),
        ("COPY <<a <<\\b /etc/\nRUN x\na\nb\n", 4),
        ("ONBUILD RUN <<EOF\nmake\nEOF\n", 3),
        ('RUN --mount="type=cache,target=/x" make\n', 1),
        ("RUN --device=a/b=all make\n", 1),
        ("EXPOSE ${PORT:-8080}/tcp $PORT\n", 1),
        ("RUN make \\\n  # a comment \\\n\n  all\n", 4),
    ],
)
def test_hadolint_reads_what_buildkit_reads(said, heredoc, lines):
    found = said(f"FROM debian:trixie AS base\nARG PORT\n{heredoc}FROM debian:trixie\nRUN sudo make\n")
    assert found == {(lines + 4, "DL3004")}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("FROM debian:trixie\nRUN <<EOF\nmake\nsudo make install\nEOF\n", 2),
        ("FROM debian:trixie\nRUN <<-\\EOF\n\tsudo make install\n\tEOF\n", 2),
        ("# escape=`\nFROM debian:trixie\nENV SHARE=\\\\a\\b\\\nRUN make `\n && sudo make\n", 4),
        ("\ufeffFROM debian:trixie\nRUN sudo make\n", 2),
        ("#!/usr/bin/env x\nFROM debian:trixie\nRUN sudo make\n", 3),
        ("from debian:trixie\r\n\r\n# why\r\nrun make \\\r\n && sudo make\r\n", 4),
        ('FROM debian:trixie\nSHELL ["/bin/bash", "-c"]\nRUN sudo make\n', 3),
        ('FROM debian:trixie\nSHELL ["conda", "run", "/bin/bash", "-c"]\nRUN sudo make\n', 3),
        ('FROM debian:trixie\nSHELL ["python3", "-c"]\nSHELL ["/bin/sh", "-c"]\nRUN sudo make\n', 4),
    ],
)
def test_what_hadolint_finds_stands_on_its_line(said, text, line):
    assert said(text) == {(line, "DL3004")}


@pytest.mark.parametrize(
    "text",
    [
        'SHELL ["/usr/local/bin/python3", "-c"]\nRUN import os; 1 | 2\nRUN <<EOF\n# sudo apt-get upgrade | cat\nEOF',
        'SHELL ["pwsh", "-Command"]\nRUN Get-Item x | Out-Null\nRUN cd $x',
        'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nFROM b\nRUN a | b',
        'SHELL ["/usr/bin/env", "bash", "-eo", "pipefail", "-c"]\nRUN [[ -f x ]] && a | b',
        'SHELL ["/bin/bash", "-c"]\nRUN set -euo pipefail; a | b',
        'SHELL ["/bin/bash", "-c"]\nRUN <<EOF\nset -e -o pipefail\na | b\nEOF',
        "HEALTHCHECK CMD wget -q -O - http://localhost/ | grep -q ok || exit 1",
        "HEALTHCHECK --interval=5s CMD curl --fail http://localhost/ || exit 1",
        'CMD exec gunicorn --bind ":$PORT" app',
        "WORKDIR /app\nWORKDIR src",
        "WORKDIR /app\nFROM b\nWORKDIR a\nCOPY x y/",
        "RUN make\nRUN make install",
        'ARG v=1\nFROM b\nRUN echo "$v" && make',
        "ENV AUTH_MODE=none TOKEN_URL=https://login.example\nARG KEY_ID",
    ],
)
def test_what_the_stage_or_the_value_says_otherwise_is_no_remark(said, text):
    text = text.replace("FROM b\n", "FROM b AS c\n")
    assert said(f"FROM debian:trixie AS b\n{text}\n") == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN a | b", {(2, "DL4006")}),
        ("CMD gunicorn app", {(2, "DL3025")}),
        ("CMD exec gunicorn app && true", {(2, "DL3025")}),
        ("WORKDIR a", {(2, "DL3000")}),
        ("WORKDIR a\nFROM debian:trixie\nWORKDIR b", {(2, "DL3000"), (4, "DL3000")}),
        ('SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nFROM debian:trixie\nRUN a | b', {(4, "DL4006")}),
        ("ARG NPM_TOKEN", {(2, "DL3064")}),
        ("ENV DB_PASSWORD=hunter2 AUTH_MODE=none", {(2, "DL3064")}),
    ],
)
def test_what_is_so_stays_a_remark(said, text, expected):
    assert said(f"FROM debian:trixie AS b\n{text}\n") == expected


def test_one_instruction_that_hadolint_can_not_read_hides_no_other(said):
    found = said("FROM debian:trixie\nCOPY --made-tomorrow=x a /b\nRUN sudo make\n")
    assert found == {(2, "DL1000"), (3, "DL3004")}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("FROM a\n# hadolint ignore=DL3006\nFROM b\n", {3}),
        ("FROM a\n#hadolint ignore=DL3020, DL3006\nFROM b\n", {3}),
        ("FROM a\n# hadolint ignore=DL3006 # the newest is wanted\n\nFROM b\n", {4}),
        ("FROM a\n# hadolint ignore=DL3020\nFROM b\n", set()),
        ("FROM a\n# not hadolint ignore=DL3006\nFROM b\n", set()),
        ("# hadolint global ignore=DL3006\nFROM a\nFROM b\n", {2, 3}),
        ("# check=skip=DL3006\nFROM a\n", {2}),
        ("FROM a\n# hadolint ignore=DL3006\nRUN x\nFROM b\n", {3}),
    ],
)
def test_where_a_rule_is_switched_off(text, lines):
    assert silenced.lines(Dockerfile(text), {"DL3006"}) == lines


@pytest.mark.parametrize(
    ("top", "above", "quiet"),
    [
        ("", "# check=skip=SecretsUsedInArgOrEnv", True),
        ("", "# check=skip=all because", True),
        ("", "# hadolint ignore=DL3064", True),
        ("# check=skip=SecretsUsedInArgOrEnv,StageNameCasing;error=true\n", "", True),
        ("", "# check=skip=StageNameCasing", False),
        ("", "", False),
    ],
)
def test_who_is_told_of_a_name_once_is_not_told_of_it_by_another(said, top, above, quiet):
    text = f"{top}FROM debian:trixie\n{above}\nENV DB_PASSWORD=hunter2\n"
    assert bool(said(text)) is not quiet
    assert bool(list(arguments.secrets(Dockerfile(text)))) is not quiet


def test_a_token_is_told_whatever_is_said_of_its_name():
    text = f"FROM debian:trixie\n# check=skip=SecretsUsedInArgOrEnv\nENV DB_PASSWORD=ghp_{'a1B2' * 9}\n"
    assert list(arguments.secrets(Dockerfile(text)))


def test_our_own_search_is_quiet_where_hadolint_is(tmp_path):
    text = "# hadolint ignore=DL3006\nFROM debian\n# hadolint ignore=DL3005\nRUN apt-get update && apt-get -y upgrade\n"
    for rule in (stages.bases_have_a_fixed_tag, steps.does_not_upgrade_the_base):
        assert rule(Dockerfile(text), []) == []
        assert rule(Dockerfile(text.replace("hadolint", "else")), [])
    file = tmp_path / "Dockerfile"
    file.write_text("FROM debian\n")
    assert stages.bases_have_a_fixed_tag(Dockerfile.read(file), [])
    (tmp_path / ".hadolint.yaml").write_text("failure-threshold: error\nignored:\n  # why\n  - DL3006\nstrict: true\n")
    assert stages.bases_have_a_fixed_tag(Dockerfile.read(file), []) == []
