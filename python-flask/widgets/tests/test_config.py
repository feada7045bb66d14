import os
import subprocess
import sys

import pytest

from widgets.config import Config, ConfigError

PASSWORD = {"POSTGRES_PASSWORD": "from the environment"}


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "password"
    file.write_text("from the file\n")
    return {"POSTGRES_PASSWORD_FILE": str(file)}


def test_everything_but_the_password_has_a_default():
    config = Config.of(PASSWORD)
    assert config == Config(5000, "db", 5432, "postgres", "postgres", "from the environment")


def test_each_variable_is_honoured():
    given = {
        "PORT": "8000",
        "POSTGRES_HOST": "there",
        "POSTGRES_PORT": "6432",
        "POSTGRES_DB": "d",
        "POSTGRES_USER": "u",
    }
    assert Config.of(given | PASSWORD) == Config(8000, "there", 6432, "d", "u", "from the environment")


def test_the_database_is_named_like_its_user_as_the_postgres_image_does_it():
    assert Config.of({"POSTGRES_USER": "u"} | PASSWORD).database == "u"


def test_an_empty_variable_counts_as_unset():
    empty = dict.fromkeys(
        ["PORT", "POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD_FILE"], ""
    )
    assert Config.of(empty | PASSWORD) == Config.of(PASSWORD)


def test_the_password_file_comes_first(secret):
    assert Config.of(secret | PASSWORD).password == "from the file"


@pytest.mark.parametrize(
    ("content", "password"), [("a b ", "a b "), ("ends\n", "ends"), ("ñ\n", "ñ"), ("two\nlines\n", "two\nlines")]
)
def test_only_the_newlines_at_its_end_do_not_belong_to_the_password(tmp_path, content, password):
    file = tmp_path / "password"
    file.write_text(content, encoding="utf-8")
    assert Config.of({"POSTGRES_PASSWORD_FILE": str(file)}).password == password


@pytest.mark.parametrize("environment", [{}, {"POSTGRES_PASSWORD": "", "POSTGRES_PASSWORD_FILE": ""}])
def test_without_a_password_both_ways_to_give_one_are_named(environment):
    with pytest.raises(ConfigError, match=r"POSTGRES_PASSWORD_FILE .* or POSTGRES_PASSWORD"):
        Config.of(environment)


def test_a_password_file_that_can_not_be_read_is_no_reason_to_take_another_password(tmp_path):
    with pytest.raises(ConfigError, match=r"POSTGRES_PASSWORD_FILE is '.*/missing', .*No such file"):
        Config.of({"POSTGRES_PASSWORD_FILE": str(tmp_path / "missing")} | PASSWORD)
    with pytest.raises(ConfigError, match="Is a directory"):
        Config.of({"POSTGRES_PASSWORD_FILE": str(tmp_path)} | PASSWORD)


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"\n", "empty"), (b"\xff\xfe", "not UTF-8")])
def test_a_password_file_without_a_password_is_named(tmp_path, content, reason):
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=reason):
        Config.of({"POSTGRES_PASSWORD_FILE": str(file)})


@pytest.mark.parametrize("name", ["PORT", "POSTGRES_PORT"])
@pytest.mark.parametrize("value", ["0", "65536", "-1", "x", "1.5", " 80", "٣", "9" * 5000])
def test_a_port_that_is_none_is_named(name, value):
    with pytest.raises(ConfigError, match=f"^{name} is"):
        Config.of({name: value} | PASSWORD)


def test_a_config_can_be_printed_without_its_password():
    assert "environment" not in repr(Config.of(PASSWORD))


def test_a_server_without_a_password_ends_with_one_line():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTGRES_")}
    command = [sys.executable, "-m", "gunicorn", "--config=python:widgets.server"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == 1
    assert ended.stdout == ""
    line, rest = ended.stderr.split("\n", 1)
    assert not rest
    assert "POSTGRES_PASSWORD_FILE" in line
    assert "POSTGRES_PASSWORD" in line.replace("POSTGRES_PASSWORD_FILE", "")
