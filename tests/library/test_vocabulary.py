"""Shells, and stages that are never deployed, are the same to whatever asks for them."""

import pytest

from plimsoll.facts.build import rebuild
from plimsoll.facts.image.base import Base
from plimsoll.facts.text import downloads, healthcheck, steps
from plimsoll.parsing import shell
from plimsoll.parsing.dockerfile import DEVELOPMENT, TESTS, Dockerfile
from plimsoll.rules.dockerfile import stages
from plimsoll.rules.image import contents
from plimsoll.subject import Variant


@pytest.mark.parametrize("name", sorted(shell.SHELLS))
def test_a_shell_is_one_in_a_script_and_in_an_image(made, name):
    (inner,) = shell.inside(shell.Command((f"/bin/{name}", "-c", "make all")))
    assert [str(each) for each in inner] == ["make all"]
    assert shell.is_script(f"#!/usr/bin/env -S {name} -e\nmake\n")
    piped = Dockerfile(f"FROM a\nRUN curl https://example.org/x | {name}\n")
    substituted = Dockerfile(f'FROM a\nRUN {name} -c "$(curl https://example.org/x)"\n')
    assert list(downloads.unverified(piped))
    assert list(downloads.unverified(substituted))
    assert contents.has_no_shell(made.subject(), made.imagined(f"usr/bin/{name}"), Base())


def test_what_is_no_shell_runs_no_script():
    assert shell.inside(shell.Command(("python3", "-c", "make all"))) == []
    assert not shell.is_script("#!/usr/bin/env python3\nimport sh\n")
    (run,) = Dockerfile("FROM a\nRUN <<EOF\n#!/usr/bin/perl\nsystem 'npm ci'\nEOF\n").last.instructions
    assert "npm ci" not in [str(each) for each in steps.commands(run)]


def test_a_health_check_in_any_shell_is_read():
    assert healthcheck.cannot_fail(["CMD", "fish", "-c", "curl x"]) == healthcheck.cannot_fail(["CMD-SHELL", "curl x"])


def _of(tmp_path, name, **given):
    file = tmp_path / "Dockerfile"
    file.write_text(f"FROM debian:trixie AS {name}\nFROM {name} AS shop\n")
    return Variant("shop", name, "shop:1", folder=tmp_path, file=file, **given)


@pytest.mark.parametrize("name", sorted(DEVELOPMENT | {"Dev", "Test", "dev-envs", "node_dev", "Development.Image"}))
def test_a_stage_that_is_never_deployed_is_not_to_any_rule(tmp_path, name):
    variant = _of(tmp_path, name)
    assert not variant.production
    assert stages.production_is_not_built_on_development(variant.dockerfile)
    own = Dockerfile(f"FROM debian:trixie AS dev\nFROM dev AS {name}\n") if name != "dev" else variant.dockerfile
    assert bool(stages.production_is_not_built_on_development(own)) == (name == "dev")


@pytest.mark.parametrize("name", sorted(TESTS | {"Test"}))
def test_a_stage_of_tests_is_one_to_whatever_runs_it(tmp_path, name):
    variant = _of(tmp_path, name)
    assert rebuild.test_stage(variant) == name
    assert not variant.started


@pytest.mark.parametrize("name", ["prod", "release", "base", "shop", "vendor-no-dev", "devices", "dev-"])
def test_any_other_is_deployed(tmp_path, name):
    variant = _of(tmp_path, name)
    assert variant.production
    assert variant.started
    assert not stages.production_is_not_built_on_development(variant.dockerfile)
    assert not rebuild.test_stage(variant)
