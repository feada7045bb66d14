"""docs/plimsoll-toml.md and the JSON Schema for editors say what plimsoll.toml holds; what is in use keeps to it."""

import json
import re
import tomllib

import jsonschema
import pytest

from plimsoll import expectations, waivers
from plimsoll.rule import every_rule, require_known
from workshop import configured, listed
from workshop.root import ROOT

SCHEMA = json.loads(configured.SCHEMA.read_text())
FILES = [ROOT / name for name in listed.files() if name.endswith(expectations.FILE)]
EXAMPLE = re.search(r"```toml\n(.*?)```", configured.PAGE.read_text(), re.DOTALL)[1]


def wrong(text):
    """What the schema says of a file; it knows no dates, which an editor gives it as words."""
    document = json.loads(json.dumps(tomllib.loads(text), default=str))
    validator = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    return [each.message for each in validator.iter_errors(document)]


def test_the_schema_is_one_and_is_current():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert configured.SCHEMA.read_text() == configured.schema(), "docs/plimsoll.schema.json is old: run `make readme`"


@pytest.mark.parametrize("model", configured.TABLES.values(), ids=lambda each: each.__name__)
def test_each_key_is_described(model):
    about = configured.described(model)
    assert len(about) == len(model.model_fields)
    assert all(len(text) > 15 for text in about.values())
    assert len(set(about.values())) == len(about)


def properties(schema):
    for name, each in schema.get("properties", {}).items():
        yield name, each
        yield from properties(each)


def test_each_key_of_the_schema_tells_its_meaning():
    waived = {configured.WAIVED}
    told = [each for name, part in SCHEMA["$defs"].items() if name not in waived for each in properties(part)]
    told += [*properties(SCHEMA)]
    assert len(told) > 30
    assert [name for name, each in told if not each.get("description")] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_that_is_in_use_keeps_to_the_schema(file):
    assert wrong(file.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        "prot = 1",
        'port = "80"',
        "exit_codes = [300]",
        'writable = ["tmp"]',
        '[waive]\nhas_no_shel = "a reason of a kind"',
        '[waive]\nhas_no_shell = "no"',
        "[waive]\nhas_no_shell = {until = 2027-03-01}",
        '[waive]\nhas_no_shell = {reason = "a reason of a kind", until = "soon"}',
        '[service.web.waive]\nhas_no_shell = ""',
        "[variant.prod]\nmax_size = 9",
        '[variant.prod]\nmax_size = "9"',
        "[[endpoint]]\nstatus = 200",
        'max_context = "9 MiB"',
    ],
)
def test_the_schema_and_the_judge_refuse_the_same(tmp_path, text):
    assert wrong(text)
    (tmp_path / "plimsoll.toml").write_text(text)
    given, said = expectations.understood(tmp_path / "plimsoll.toml")
    assert said or not {each.name for each in given.waivers_of_all} <= {*every_rule()}


def test_the_example_is_one(tmp_path):
    assert wrong(EXAMPLE) == []
    (tmp_path / "plimsoll.toml").write_text(EXAMPLE)
    given = expectations.read(tmp_path)
    standing = [*given.waivers("prod"), *given.waivers_of_services()]
    require_known([each.rule for each in standing], "the page")
    assert len(set(standing)) == 3
    for table in configured.TABLES:
        assert table in {"", "[bench]"} or table.split(".")[0].strip("[]") in EXAMPLE


def test_its_figures_are_the_judges():
    assert "at least ten letters" in configured.PAGE.read_text()
    assert waivers.LEAST_REASON == 10
