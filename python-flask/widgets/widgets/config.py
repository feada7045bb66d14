"""What the service is told by its environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class ConfigError(Exception):
    """The environment does not say what the service needs; the message is one line."""


@dataclass(frozen=True)
class Config:
    """Where the service listens and where its database is. The names and defaults are the postgres image's own."""

    port: int
    host: str
    database_port: int
    database: str
    user: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Config:
        """Read the environment; an empty variable counts as unset, because compose passes those on.

        Raises:
            ConfigError: a variable is missing or makes no sense.

        """
        user = environment.get("POSTGRES_USER") or "postgres"
        return cls(
            port=_port(environment, "PORT", 5000),
            host=environment.get("POSTGRES_HOST") or "db",
            database_port=_port(environment, "POSTGRES_PORT", 5432),
            database=environment.get("POSTGRES_DB") or user,
            user=user,
            password=_password(environment),
        )


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and len(value) <= 5 and 0 < int(value) < 65536):
        raise ConfigError(f"{name} is {value!r}, but a port is a number from 1 to 65535")
    return int(value)


def _password(environment: Mapping[str, str]) -> str:
    file = environment.get("POSTGRES_PASSWORD_FILE")
    if file:
        try:
            # As the postgres image reads it, so that one file serves both.
            password = Path(file).read_text(encoding="utf-8").rstrip("\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ConfigError(f"POSTGRES_PASSWORD_FILE is {file!r}, which can't be read: {reason}") from error
        if not password:
            raise ConfigError(f"POSTGRES_PASSWORD_FILE is {file!r}, which is empty")
        return password
    password = environment.get("POSTGRES_PASSWORD", "")
    if not password:
        raise ConfigError("set POSTGRES_PASSWORD_FILE (a file with the database's password) or POSTGRES_PASSWORD")
    return password
