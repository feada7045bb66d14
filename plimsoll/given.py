"""What a build is given beside its folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Given:
    """What a build is given beside its folder, as `docker build` takes it.

    Attributes:
        arguments: names and values of `--build-arg`.
        secrets: values of `--secret`; the paths in them are absolute.
        ssh: values of `--ssh`.
        platform: the value of `--platform`, empty for the builder's own.

    """

    arguments: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    platform: str = ""

    def options(self, others: Sequence[str] = ()) -> list[str]:
        """The options of `docker build`, but for a platform and secrets that are among others already."""
        known = {each.partition(",")[0] for each in others}
        options = [f"--build-arg={name}={value}" for name, value in self.arguments]
        options += [f"--secret={each}" for each in self.secrets if f"--secret={_identity(each)}" not in known]
        options += [f"--ssh={each}" for each in self.ssh]
        if self.platform and not any(each.startswith("--platform=") for each in others):
            options.append(f"--platform={self.platform}")
        return options


def _identity(secret: str) -> str:
    """The part of a secret that names it."""
    return next((part for part in secret.split(",") if part.startswith("id=")), secret)


NOTHING = Given()
