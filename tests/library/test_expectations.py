"""plimsoll.toml: each mistake is told in one line that names file, key and value."""

import pytest

from plimsoll import expectations
from plimsoll.commands import configuration
from plimsoll.errors import PlimsollError
from plimsoll.rule import require_known


def read(folder, text, **known):
    (folder / "plimsoll.toml").write_text(text)
    return expectations.read(folder, **known)


def test_an_app_without_the_file_has_the_defaults(tmp_path):
    expected = expectations.read(tmp_path)
    assert expected.of("prod").max_size is None
    assert expected.endpoints("prod") == []


def test_a_variant_inherits_the_port_and_adds_to_the_environment(tmp_path):
    text = 'port = 80\nenvironment = {A = "1", B = "1"}\n[variant.prod]\nenvironment = {B = "2"}\n'
    expected = read(tmp_path, text).of("prod")
    assert expected.port == 80
    assert expected.environment == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("prot = 8080", ["unknown key `prot`"]),
        ('port = "8080"', ["port", "'8080'", "integer"]),
        ("port = 70000", ["port", "70000", "65535"]),
        ('[variant.prod]\nmax_size = "9"', ["variant.prod.max_size", "'9'", "units", "`9 MB`"]),
        ("[variant.prod]\nmax_size = 9", ["variant.prod.max_size", "9", "with a unit"]),
        ('[variant.prod]\nmax_size = "9 MB"\nmax_sise = "9 MB"', ["unknown key `variant.prod.max_sise`"]),
        ('[variant.prod.waive]\nhas_no_shell = "no"', ["variant.prod.waive.has_no_shell", "'no'"]),
        ('[[endpoint]]\npath = "ping"', ["endpoint.0.path", "'ping'"]),
        ("[[endpoint]]\nstatus = 200", ["endpoint.0.path", "required"]),
        ("port == 1", ["not valid TOML", "line 1"]),
    ],
)
def test_a_mistake_names_file_key_and_value(tmp_path, text, named):
    with pytest.raises(PlimsollError) as error:
        read(tmp_path, text)
    message = str(error.value)
    assert str(tmp_path / "plimsoll.toml") in message
    assert "\n" not in message
    for part in named:
        assert part in message


def test_expectations_of_a_variant_that_is_not_there_are_refused(tmp_path):
    with pytest.raises(PlimsollError, match="variant.pord: there is no `pord`: it must be one of dev, prod"):
        read(tmp_path, '[variant.pord]\nmax_size = "9 MB"', variants={"prod", "dev"})


def test_an_endpoint_of_a_variant_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PlimsollError, match="endpoint.0.variants: there is no `pord`"):
        read(tmp_path, '[[endpoint]]\npath = "/"\nvariants = ["pord"]', variants={"prod"})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("has_no_shel", "has_no_shell"),
        ("image.has_no_shel", "image.has_no_shell"),
        ("run.has_no_shell", "has_no_shell"),
    ],
)
def test_a_waiver_of_a_rule_that_is_not_there_is_refused(tmp_path, name, meant):
    waived = read(tmp_path, f'[variant.prod.waive]\n"{name}" = "a good reason"').of("prod").waive
    with pytest.raises(PlimsollError, match=rf"waives `{name}`.* do you mean `(image.)?{meant}`\? `plimsoll rules`"):
        require_known(waived, tmp_path / expectations.FILE)


def test_what_is_like_no_rule_is_only_told(tmp_path):
    with pytest.raises(PlimsollError, match="waives `x`, which is no rule: `plimsoll rules` lists them"):
        require_known(["x"], tmp_path / expectations.FILE)


def test_a_variant_that_is_called_much_like_a_stage_is_told(tmp_path):
    given = read(tmp_path, '[variant.pord]\nmax_size = "9 MB"\n[variant.prod]\n[variant.single]\n')
    file = tmp_path / "plimsoll.toml"
    assert given.misspelt({"dev", "prod", "image"}) == [f"{file} [variant.pord] is about no stage: do you mean `prod`?"]


def test_what_is_waived_for_a_variant_that_is_not_here_is_of_a_rule_too(tmp_path):
    (tmp_path / "plimsoll.toml").write_text('[variant.other.waive]\nhas_no_shel = "a reason of a kind"\n')
    _, (told,) = configuration.read(tmp_path / "plimsoll.toml")
    assert "[variant.other.waive] waives `has_no_shel`, which is no rule: do you mean `has_no_shell`?" in str(told)
