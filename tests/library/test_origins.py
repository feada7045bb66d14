"""Which line of a Dockerfile made what was found in its image."""

from concurrent.futures import Future

import pytest

from plimsoll.facts.gathering import Facts
from plimsoll.facts.image import origins
from plimsoll.findings import Finding
from plimsoll.rule import Level, Rule
from plimsoll.runner import judge
from plimsoll.subject import Variant

DOCKERFILE = """\
FROM somebody/base:1 AS below
ENV A=1
COPY one /one

FROM below
RUN two \\
    and more
USER 7
COPY <<EOF /three
text
EOF
CMD ["/three"]
"""
HISTORY = [
    "COPY os /",
    "CMD [sh]",
    "ENV A=1",
    "COPY one /one",
    "RUN /bin/sh -c two",
    "USER 7",
    "COPY <<EOF /three",
    "CMD x",
]
EMPTY = {"CMD", "ENV", "USER"}
LINE = {"/os": 0, "/one": 3, "/one:17": 3, "/two": 6, "/three": 9, "/shared": 9, "/nowhere": 0, "": 0, "GET /one": 0}
"""By the place: `/shared` is in every layer, and what a container sees of it is of the last."""


def history(steps):
    return [{"created_by": step, "empty_layer": step.partition(" ")[0] in EMPTY} for step in steps]


@pytest.fixture
def image(made):
    layers = [made.tar((name, b"x"), ("shared", name.encode())) for name in ("os", "one", "two", "three")]
    return made.facts(*layers, history=history(HISTORY))


@pytest.fixture
def subject(tmp_path):
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    return Variant("app", "image", "app:image", folder=tmp_path, file=tmp_path / "Dockerfile")


def future(value):
    made = Future()
    made.set_result(value)
    return made


def steps(subject):
    lineage = reversed(subject.dockerfile.lineage(subject.stage))
    return [(step.keyword, step.line) for stage in lineage for step in stage.instructions]


def test_each_layer_has_its_line_and_those_of_the_base_have_none(image, subject):
    assert origins.lines(image, steps(subject)) == [0, 3, 6, 9]


@pytest.mark.parametrize("place", LINE)
def test_what_is_in_an_image_has_the_line_that_made_it(image, subject, place):
    assert origins.line(image, origins.lines(image, steps(subject)), place) == LINE[place]


def test_a_layer_and_what_is_in_it_have_its_line(image):
    layer = image.layers[2]
    for end in ("", " /one", ": /one", " /nowhere"):
        assert origins.line(image, [1, 2, 3, 4], f"{layer.place}{end}") == 3
    assert origins.line(image, [1, 2, 3, 4], f"{layer.place}0") == 0


@pytest.mark.parametrize(
    "told", [[], HISTORY[:-1], [*HISTORY[:-1], "ENTRYPOINT x"], ["x", *HISTORY[3:]], HISTORY[-3:]], ids=str
)
def test_a_history_of_other_steps_tells_no_line(made, subject, told):
    layers = [made.tar((name, b"x")) for name in ("os", "one", "two", "three")]
    assert origins.lines(made.facts(*layers, history=history(told)), steps(subject)) == [0] * 4


def test_a_result_has_the_lines_of_its_findings(image, subject):
    found = [Finding(place, "x", "y") for place in LINE]
    rule = Rule("none", "image", "", Level.NOTE, lambda image: found, ("image",))  # noqa: ARG005 - it asks for it
    facts = Facts({"subject": subject})
    facts._gathered["image"] = future(image)
    assert judge(rule, subject, facts).lines == {place: line for place, line in LINE.items() if line}
