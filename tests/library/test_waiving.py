"""Exceptions from rules: where they stand, what they spare, when they end, and which of them nothing needs."""

import shutil
from datetime import date

import pytest

from plimsoll import expectations, lessons, runner, waivers, waiving
from plimsoll.composition import Composition
from plimsoll.errors import NotJudgedError
from plimsoll.expectations import Expectations
from plimsoll.findings import Finding
from plimsoll.parsing import ignores
from plimsoll.rule import Level, Rule, every_rule
from plimsoll.subject import Variant

DOCKERFILE = """\
# why
FROM debian:13 AS build
ENV TOKEN=abc MODE=x
RUN make \\
    && make install
FROM debian:13 AS prod
ENV OTHER=abc
USER root
"""
COMPOSE = """\
services:
  web:
    image: nginx:1
    privileged: true
  worker:
    image: nginx:1
    privileged: true
"""
WHY = "for a good reason"
SHELL = "has_no_shell"


def rule(found, name=SHELL, wants=("subject",)):
    def function(_):
        if isinstance(found, Exception):
            raise found
        return found

    return Rule(name, "image", "Why.", Level.WARNING, function, wants)


@pytest.fixture
def day(monkeypatch):
    """What makes another day of this one."""
    return lambda *parts: monkeypatch.setattr(waivers, "today", lambda: date(*parts))


@pytest.fixture
def variant(tmp_path):
    def make(text=DOCKERFILE, name="prod", toml=""):
        file = tmp_path / "Dockerfile"
        file.write_text(text)
        (tmp_path / "plimsoll.toml").write_text(toml)
        target = name if name in {"build", "prod"} else None
        return Variant("app", name, "app:1", tmp_path, file, target, expectations=expectations.read(tmp_path))

    return make


@pytest.fixture
def composition(tmp_path):
    def make(text=COMPOSE, toml=""):
        file = tmp_path / "compose.yaml"
        file.write_text(text)
        (tmp_path / "plimsoll.toml").write_text(toml)
        return Composition(file, file.name, expectations=expectations.read(tmp_path))

    return make


def judged(subject, found, **given):
    """What a rule says of a subject in which it finds this: places, or a finding as a whole."""
    findings = found if isinstance(found, Exception) else [Finding(*each, "fix") for each in found]
    wants = ("subject",) if isinstance(subject, Variant) else ("composition",)
    (result,) = runner.run([rule(findings, wants=wants, **given)], [subject])
    return result


def left(subject, *found):
    return [each.place for each in judged(subject, found).findings]


@pytest.mark.parametrize(
    ("toml", "spared"),
    [
        (f'[waive]\nhas_no_shell = "{WHY}"', True),
        (f'[waive]\n"image.has_no_shell" = "{WHY}"', True),
        (f'[variant.prod.waive]\nhas_no_shell = "{WHY}"', True),
        (f'[variant.prod.waive]\nhas_no_shell = {{ reason = "{WHY}" }}', True),
        (f'[variant.prod.waive]\nhas_no_shell = {{ reason = "{WHY}", until = 2027-03-01 }}', True),
        (f'[variant.build.waive]\nhas_no_shell = "{WHY}"', False),
        (f'[waive]\n"run.has_no_shell" = "{WHY}"', False),
        (f'[waive]\nclock_is_utc = "{WHY}"', False),
        (f'[service.prod.waive]\nhas_no_shell = "{WHY}"', False),
    ],
)
def test_a_rule_is_waived_for_the_app_or_a_variant(variant, day, toml, spared):
    day(2027, 3, 1)
    result = judged(variant(toml=toml), [("", "a shell"), ("/bin/sh", "another")])
    assert (len(result.findings), result.waived) == ((0, WHY) if spared else (2, ""))


@pytest.mark.parametrize(("today", "spared"), [((2027, 2, 28), True), ((2027, 3, 1), True), ((2027, 3, 2), False)])
def test_one_that_is_over_counts_no_more_and_one_line_says_so(variant, day, today, spared):
    day(*today)
    subject = variant(toml=f'[waive]\nhas_no_shell = {{ reason = "{WHY}", until = 2027-03-01 }}')
    result = judged(subject, [("", "a shell")])
    assert result.waived == (WHY if spared else "")
    place = f"{subject.folder / 'plimsoll.toml'} [waive]"
    over = f"{place} waives has_no_shell until 2027-03-01, which is over: it counts no more"
    assert waiving.remarks([result]) == ([] if spared else [over])


def test_one_that_nothing_needs_is_told(variant):
    subject = variant(toml=f'[variant.prod.waive]\nhas_no_shell = "{WHY}"')
    (line,) = waiving.remarks([judged(subject, [])])
    assert line.startswith(
        f"{subject.folder / 'plimsoll.toml'} [variant.prod.waive] waives has_no_shell, which nothing"
    )
    assert waiving.remarks([judged(subject, [("", "a shell")])]) == []


def test_of_one_that_could_not_be_judged_nothing_is_told(variant):
    subject = variant(toml=f'[variant.prod.waive]\nhas_no_shell = "{WHY}"')
    assert waiving.remarks([judged(subject, NotJudgedError("no engine answers"))]) == []
    assert waiving.remarks([judged(subject, [], name="clock_is_utc")]) == []
    assert waiving.remarks([]) == []


def test_one_for_all_is_needed_where_one_needs_it(variant):
    toml = f'[waive]\nhas_no_shell = "{WHY}"'
    kept, broken = judged(variant(toml=toml, name="build"), []), judged(variant(toml=toml), [("", "a shell")])
    unjudged = judged(variant(toml=toml), NotJudgedError("no engine answers"))
    assert waiving.remarks([kept, broken]) == []
    assert waiving.remarks([kept, unjudged]) == []
    assert len(waiving.remarks([kept, kept])) == 1


def line(subject, number):
    return f"{subject.file}:{number}", "it is broken"


def with_comment(above, comment, text=DOCKERFILE):
    assert above in text
    return text.replace(above, f"{comment}\n{above}", 1)


IGNORE = f"# plimsoll: ignore=has_no_shell {WHY}"


def test_a_comment_is_about_the_instruction_below_it(variant):
    subject = variant(with_comment("RUN make", IGNORE))
    assert left(subject, line(subject, 5), line(subject, 6), line(subject, 2), line(subject, 7)) == [
        f"{subject.file}:2",
        f"{subject.file}:7",
    ]


@pytest.mark.parametrize(
    ("above", "name", "spared"),
    [
        ("FROM debian:13 AS prod", "prod", True),
        ("USER root", "prod", True),
        ("RUN make", "prod", False),
        ("RUN make", "build", True),
        ("FROM debian:13 AS build", "prod", False),
    ],
)
def test_a_comment_is_about_the_images_that_are_made_by_what_is_below_it(variant, above, name, spared):
    subject = variant(with_comment(above, IGNORE), name=name)
    for place in ("", "/bin/sh", "/etc/passwd:3", "layer sha256:012345678901"):
        assert left(subject, (place, "a shell")) == ([] if spared else [place])


def test_a_comment_above_a_variable_is_about_that_variable(variant):
    subject = variant(with_comment("ENV TOKEN", IGNORE), name="build")
    places = [("the variable TOKEN", "x"), ("the variable MODE", "x"), ("the variable TOKENS", "x")]
    assert left(subject, *places) == ["the variable TOKENS"]


@pytest.mark.parametrize(
    ("text", "spared"),
    [
        (COMPOSE.replace("  worker:", f"  {IGNORE}\n  worker:"), "worker"),
        (COMPOSE.replace("    privileged", f"    {IGNORE}\n    privileged", 1), "web"),
        (COMPOSE.replace("true\n", f"true  {IGNORE}\n", 1), "web"),
        (COMPOSE.replace("  web:", f"  web:  {IGNORE}"), "web"),
        (
            COMPOSE.replace("image: nginx:1\n", f"image: nginx:1\n    x-plimsoll: {{waive: {{{SHELL}: {WHY}}}}}\n", 1),
            "web",
        ),
        (f"x-plimsoll:\n  waive:\n    {SHELL}: {WHY}\n{COMPOSE}", "both"),
        (f"x-plimsoll:\n  waive:\n    {SHELL}: {{reason: {WHY}, until: 2027-03-01}}\n{COMPOSE}", "both"),
        (f"{IGNORE}\n{COMPOSE}", "both"),
        (COMPOSE.replace("image: nginx:1\n", f"image: nginx:1  {IGNORE}\n"), "none"),
        (f"{COMPOSE}{IGNORE}\n", "none"),
        (COMPOSE.replace("nginx:1", f"nginx:1{IGNORE}"), "none"),
    ],
)
def test_a_rule_is_waived_for_a_compose_file_or_a_service(composition, day, text, spared):
    day(2027, 3, 1)
    subject = composition(text)
    found = [(subject.place(name, "privileged"), f"{name} is privileged") for name in ("web", "worker")]
    kept = {"both": [], "none": ["web", "worker"], "web": ["worker"], "worker": ["web"]}[spared]
    assert [each.found.split()[0] for each in judged(subject, found).findings] == kept


@pytest.mark.parametrize(
    ("toml", "kept"),
    [
        (f'[service.web.waive]\n{SHELL} = "{WHY}"', ["worker"]),
        (f'[waive]\n{SHELL} = "{WHY}"', []),
        (f'[variant.web.waive]\n{SHELL} = "{WHY}"', ["web", "worker"]),
    ],
)
def test_a_service_is_spared_by_plimsoll_toml_too(composition, toml, kept):
    subject = composition(toml=toml)
    found = [(subject.place(name, "privileged"), f"{name} is privileged") for name in ("web", "worker")]
    result = judged(subject, found)
    assert [each.found.split()[0] for each in result.findings] == kept
    assert result.waived == ("" if len(kept) == 2 else WHY)


def test_what_stands_beside_a_lesson_is_part_of_it(tmp_path):
    (tmp_path / "bad.compose.yaml").write_text(f"x-plimsoll:\n  waive:\n    {SHELL}: {WHY}\n{COMPOSE}")
    assert waiving.of(Composition(tmp_path / "bad.compose.yaml", "bad", "restart")) == []


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# plimsoll: ignore=has_no_shell", "waives has_no_shell: it has no reason"),
        ("# plimsoll: ignore=has_no_shell   no", "waives has_no_shell: it has no reason"),
        (
            f"# plimsoll: ignore=has_no_shel {WHY}",
            "waives `has_no_shel`, which is no rule: do you mean `has_no_shell`?",
        ),
        (f"# plimsoll: ignore {SHELL} {WHY}", "is no exception that can be understood: write `# plimsoll: ignore="),
        (f"# plimsoll: disable={SHELL} {WHY}", "is no exception that can be understood"),
        (f"#plimsoll ignore={SHELL} {WHY}", "is no exception that can be understood"),
        (f"# plimsoll: ignore=has_no_shell, clock_is_utc {WHY}", ""),
        (f"#plimsoll: ignore = image.has_no_shell,clock_is_utc {WHY}", ""),
        ("# plimsoll: the line on a hull", ""),
        ("# why it is ignored", ""),
    ],
)
def test_a_comment_that_says_no_rule_or_no_reason_is_told(variant, composition, comment, told):
    for subject, number in (
        (variant(with_comment("USER root", comment)), 8),
        (composition(f"{COMPOSE}{comment}\n"), 8),
    ):
        said = [str(each) for each in waiving.mistakes(subject)]
        assert len(said) == bool(told)
        assert all(each.startswith(f"{subject.file}:{number} {told}") for each in said)
        assert "\n" not in "".join(said)


def test_a_comment_names_several_rules(variant):
    subject = variant(with_comment("USER root", f"# plimsoll: ignore=has_no_shell, clock_is_utc {WHY}"))
    assert [each.rule for each in waiving.of(subject)] == ["has_no_shell", "clock_is_utc"]


def test_a_comment_that_nothing_needs_is_told(variant):
    subject = variant(with_comment("RUN make", IGNORE))
    (said,) = waiving.remarks([judged(subject, [])])
    assert said.startswith(f"{subject.file}:4 waives has_no_shell, which nothing")


USER = "runs_as_a_numeric_non_root_user"


@pytest.mark.parametrize(
    ("text", "spared"),
    [
        (with_comment("USER root", "# hadolint ignore=DL3002"), True),
        (with_comment("USER root", "# hadolint ignore=DL3008,DL3002"), True),
        (with_comment("USER root", "# hadolint ignore=DL3008"), False),
        (with_comment("RUN make", "# hadolint ignore=DL3002"), False),
        (with_comment("FROM debian:13 AS prod", "# hadolint ignore=DL3002"), True),
        (with_comment("FROM debian:13 AS build", "# hadolint ignore=DL3002"), False),
        (with_comment("# why", "# hadolint global ignore=DL3002"), True),
        (with_comment("USER root", "# hadolint ignore=DL3002\nUSER 0\n# then"), False),
    ],
)
def test_what_hadolint_is_told_to_ignore_is_ignored_in_the_image_too(variant, text, spared):
    result = judged(variant(text), [("", "it runs as 'root'")], name=USER)
    assert (result.findings == []) == spared
    assert bool(result.waived) == spared
    assert len(waiving.remarks([result])) == ("DL3002" in text and not spared)


@pytest.mark.parametrize(
    ("first", "spared"),
    [("# check=skip=SecretsUsedInArgOrEnv", True), ("# check=skip=all", True), ("# check=skip=FromAsCasing", False)],
)
def test_what_buildkit_is_told_to_skip_is_skipped_in_the_image_too(variant, first, spared):
    result = judged(
        variant(f"{first}\n{DOCKERFILE}", name="build"),
        [("the variable TOKEN", "it holds a secret"), ("the variable FROM_BELOW", "it holds a secret")],
        name="environment_holds_no_secret",
    )
    assert [each.place[13:] for each in result.findings] == (["FROM_BELOW"] if spared else ["TOKEN", "FROM_BELOW"])


def test_an_image_without_sources_is_held_to_the_variant_that_it_is_likely_to_be():
    given = Expectations.model_validate({"variant": {"prod": {}, "dev": {}}})
    assert [given.likely(tag) for tag in ("dev", "prod", "1.2", "latest", "")] == ["dev", *["prod"] * 4]
    assert Expectations.model_validate({"variant": {"server": {}}}).likely("1.2") == "server"
    assert Expectations().likely("1.2") == "1.2"


@pytest.mark.parametrize(
    "text", ["", "\n", "#", "# plimsoll: ignore=a b", "- a\n- b\n", ":", "\t# plimsoll: ignore=a b"]
)
def test_whatever_a_file_is_nothing_breaks(text):
    for read in (ignores.in_dockerfile, ignores.in_yaml):
        assert len(read(text)) == ("ignore" in text)


def test_a_list_as_far_left_as_its_key_belongs_to_it():
    text = f"services:\n  web:\n    {IGNORE}\n    ports:\n    - 80\n\n    # and\n    - 81\n    image: x\n"
    (found,) = ignores.in_yaml(text)
    assert (found.first, found.last) == (4, 8)
    (found,) = ignores.in_yaml(text.replace("    - 80", f"    - 80  {IGNORE}").replace(f"    {IGNORE}\n", "", 1))
    assert (found.first, found.last) == (4, 4)


OF_FILES = {"compose_warns_of_nothing", "compose_accepts_it"}
"""The rules that find fault with a compose file, and with no service of it."""


def of_compose_files():
    found = [each for each in lessons.lessons() if each.kind == "compose.yaml" and each.rule not in OF_FILES]
    assert len(found) > 10
    return found


@pytest.mark.parametrize("lesson", of_compose_files(), ids=lambda each: each.rule)
def test_of_what_is_found_in_a_compose_file_the_service_is_known(lesson, tmp_path):
    # The lesson's folder as that of anybody's app, since some rules look at what is beside.
    shutil.copytree(lesson.folder, tmp_path / "app")
    subject = Composition(tmp_path / "app" / lesson.file("bad").name, "bad", lesson.rule)
    findings = every_rule()[lesson.rule].function(subject)
    for each in findings:
        assert subject.service_of(each.place, each.found) in subject.services, each


SHARED = """\
x-common: &common
  privileged: true
services:
  check: &check
    image: nginx:1
    privileged: true
  db:
    <<: *check
  web:
    <<: *common
    image: nginx:1
volumes:
  data:
"""


@pytest.mark.parametrize(
    ("line", "words", "service"),
    [
        (6, "check is privileged", "check"),
        (6, "db is privileged", "db"),
        (2, "web is privileged", "web"),
        (7, "the health check of db tells nothing", "db"),
        (9, "it is privileged", "web"),
        (11, "it is privileged", "web"),
        (12, "it is privileged", ""),
        (13, "it is privileged", ""),
        (2, "it is privileged", ""),
    ],
)
def test_a_finding_is_about_the_service_that_it_names_or_that_is_there(composition, line, words, service):
    subject = composition(SHARED)
    assert subject.service_of(f"{subject.file}:{line}", words) == service
    assert subject.service_of(f"elsewhere.yaml:{line}", "it is") == ""
