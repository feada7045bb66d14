"""Our parser against BuildKit's own, on every Dockerfile here and on made ones.

A small Go program asks that parser (tests/oracle). Same instructions, same lines, same heredocs; what BuildKit refuses
to parse is its to judge.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from plimsoll.parsing import instructions
from workshop import listed

ROOT = Path(__file__).parents[2]
ORACLE = ROOT / "tests/oracle"
BUILDING = 300
"""Seconds that Go may take to fetch and compile BuildKit's parser, the first time."""


@pytest.fixture(scope="module")
def buildkit(tmp_path_factory):
    """Asks BuildKit's parser: a Dockerfile's text in, its instructions or an error out."""
    if shutil.which("go") is None:
        pytest.skip("Go is missing, which BuildKit's parser is compiled with")
    program = tmp_path_factory.mktemp("oracle") / "oracle"
    built = subprocess.run(
        ["go", "build", "-o", program, "."], cwd=ORACLE, capture_output=True, text=True, timeout=BUILDING, check=False
    )
    if built.returncode:
        pytest.skip(f"BuildKit's parser can't be built: {(built.stderr.splitlines() or ['no reason given'])[-1]}")
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask(text):
            process.stdin.write(json.dumps(text) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


def folded(text):
    """A text as the two may differ in it: a continued line's indentation counts for nothing."""
    return re.sub(r"\s+", " ", text).strip()


def ours(text):
    found = []
    for each in instructions.read(text):
        holder = each.trigger or each
        found.append(
            {
                "line": each.line,
                "end": each.bodies[1],
                "keyword": each.keyword,
                "flags": [folded(f"--{name}={value}".removesuffix("=")) for name, value in each.flags],
                "json": holder.exec_form is not None,
                "comments": list(each.comments),
                "bodies": list(each.heredocs),
                "heredocs": [(each.name, each.tabs, each.expands) for each in each.announced],
                "escape": each.escape,
            }
        )
    return found


def theirs(answer):
    return [
        {
            "line": each["line"],
            "end": each["end"],
            "keyword": each["keyword"],
            "flags": [folded(flag.removesuffix("=")) for flag in each["flags"] or []],
            "json": each["json"],
            "comments": [comment.removeprefix("#").strip() for comment in each["comments"] or []],
            "bodies": [body["content"].removesuffix("\n") for body in each["heredocs"] or []],
            "heredocs": [(body["name"], body["tabs"], body["expands"]) for body in each["heredocs"] or []],
            "escape": answer["escape"],
        }
        for each in answer["instructions"]
    ]


def every_dockerfile():
    names = (name for name in listed.files() if "dockerfile" in Path(name).name.lower())
    return [ROOT / name for name in names if not name.endswith((".py", ".dockerignore", ".md", ".toml"))]


def compare(text, answer):
    expected = theirs(answer)
    found = ours(text)
    for one, other in zip(found, expected, strict=False):
        if other["keyword"] in {"ONBUILD", "HEALTHCHECK"}:  # BuildKit says elsewhere whether theirs is a JSON array
            one["json"] = other["json"]
    assert found == expected


def test_every_dockerfile_here_is_read_as_buildkit_reads_it(buildkit):
    files = every_dockerfile()
    assert len(files) > 100
    for file in files:
        text = file.read_bytes().decode(errors="replace")
        answer = buildkit(text)
        if not answer["error"]:
            compare(text, answer)


MARKS = [
    "<<EOF",
    "<<\\EOF",
    '<<"EOF"',
    "<<'EOF'",
    '<< "EOF"',
    "<<- EOF",
    "<<-EOF",
    '<<E"O"F',
    "3<<EOF",
    "<<END",
    "<<",
    "<",
]
PIECES = [*MARKS, "a", "$A", "${A:-b c}", "${A#'x'}", "${", "}", "'", '"', "\\", "`", " ", " ", "\t", "=", "[", '["a"]']
PIECES += ["--from=b", '--mount="type=bind"', "--", "# no", "echo", "EOF", "/x"]
HEADS = ["RUN", "COPY", "ADD", "run", "ENV", "CMD", "ONBUILD RUN", "onbuild copy", "LABEL", "FROM", "HEALTHCHECK CMD"]
OTHERS = ["", " ", "# a comment", " # one", "#", "EOF", "\tEOF", "END", "EOF ", "FROM b", "USER 5", "\\", "# escape=`"]
TOPS = [
    "",
    "# escape=`\n",
    "#escape = \\\n# check=skip=all\n",
    "\ufeff",
    "#!/usr/bin/env x\n",
    "# no directive\n# escape=`\n",
]
EOLS = ["\n", "\n", "\n", "\r\n", "\\\n", " \\ \n", "`\n", "\\\r\n"]

words = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
ends = st.sampled_from(EOLS)
plain = st.tuples(st.sampled_from(HEADS), st.just(" "), words, ends).map("".join)
others = st.tuples(st.sampled_from(OTHERS), ends).map("".join)
documents = st.tuples(
    st.sampled_from(["RUN ", "COPY ", "ADD ", "onbuild run ", "copy --chmod=1 "]),
    st.one_of(st.just(""), words),
    st.sampled_from(MARKS),
    st.sampled_from(["", " ", " /x", " /x <<END", " \\\n  /x", " && echo $A | cat <<-END", " # no", " 'x' `\n /x"]),
    st.just("\n"),
    st.lists(others, max_size=3).map("".join),
    st.sampled_from(["EOF\n", "\tEOF\n", "EOF\r\nEND\n", "EOF\nEND\nUSER 5\n", "EOF\n\n\tEND\n"]),
).map("".join)
texts = st.tuples(
    st.sampled_from(TOPS), st.lists(st.one_of(documents, documents, plain, others), max_size=6).map("".join)
).map("FROM a\n".join)


def test_made_dockerfiles_are_read_as_buildkit_reads_them(buildkit):
    met = {"parsed": 0, "heredocs": 0}

    @settings(
        max_examples=1500,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(texts)
    def held(text):
        answer = buildkit(text)
        if not answer["error"]:
            met["parsed"] += 1
            met["heredocs"] += any(each["heredocs"] for each in answer["instructions"])
            compare(text, answer)

    held()
    assert met["parsed"] > 400
    assert met["heredocs"] > 100
