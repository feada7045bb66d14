"""Where a Dockerfile switches off what its tools check of a download by themselves: certificates and signatures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.facts.text import downloads, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.parsing.instructions import Instruction
    from plimsoll.parsing.shell import Command

APT = (
    r"--allow-unauthenticated|--force-yes"
    r"|(?:-o)?(?:APT|Acquire)::\S*(?:AllowUnauthenticated|AllowInsecure\w*)=[\"']?(?:1|true|yes)[\"']?"
)
RPM = r"--nogpgcheck|--no-gpg-checks?|--setopt=(?:\S*\.)?(?:gpgcheck|sslverify)=(?:0|[Ff]alse)"
SWITCHES = {
    "apk": r"--allow-untrusted|--no-check-certificate",
    **dict.fromkeys(steps.APT, APT),
    **dict.fromkeys(("dnf", "microdnf", "rpm", "tdnf", "yum", "zypper"), rf"{RPM}|--nosignature"),
    "conda": "--insecure|-k",
    "gem": "--trust-policy=NoSecurity",
    **dict.fromkeys(("pip", "pipx"), r"--trusted-host(?:=.*)?"),
    "uv": r"--allow-insecure-host(?:=.*)?|--trusted-host(?:=.*)?",
}
"""Options that switch a check off, by the program; what curl and wget fetch, `downloads` knows."""

CONFIGURED = re.compile(
    r"\b(?:npm|pnpm|yarn)\s+(?:config\s+)?set\s+(?:-g\s+|--global\s+)?(?:strict-ssl[= ]false|enableStrictSsl[= ]false)"
    r"|\bgit\s+(?:-c\s+|config\s+(?:--\w+\s+)*)http\.sslverify[= ][\"']?false"
    r"|\bcomposer\s+config\s[^|;&\n]{0,60}\b(?:disable-tls|secure-http\s+false)"
    r"|\[[^\]\n]{0,80}\btrusted=yes\b[^\]\n]{0,80}\](?!\s+(?:file|copy|cdrom):)",
    re.IGNORECASE,
)
"""Settings that do so for all that follows."""

VARIABLES = {
    "GIT_SSL_NO_VERIFY": r"1|true|yes",
    "NODE_TLS_REJECT_UNAUTHORIZED": "0",
    "NPM_CONFIG_STRICT_SSL": "false",
    "PIP_TRUSTED_HOST": ".+",
    "PYTHONHTTPSVERIFY": "0",
    "UV_INSECURE_HOST": ".+",
    "YARN_ENABLE_STRICT_SSL": "false",
}
"""Variables that do so, each with the values with which it does."""


def switched_off(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The lines that switch a check off, each with what it does; where a step checks what came by itself, none."""
    for stage in dockerfile.stages:
        for instruction in stage.all("ARG", "ENV"):
            yield from ((instruction.line, what) for what in _set(instruction.pairs.items()))
        for run in stage.all("RUN"):
            if not downloads.CHECKS.search(run.script):
                yield from ((run.line, what) for what in dict.fromkeys(_run(run)))


def _run(run: Instruction) -> Iterator[str]:
    for command in steps.commands(run):
        if option := _switch(command):
            yield f"`{command.name} {option}` takes what nobody has signed"
    if found := CONFIGURED.search(run.script):
        yield f"`{found[0]}` lets anybody between send something else"
    yield from _set(re.findall(r"(?:^|[\s;&(])([A-Z_]+)=[\"']?([\w.-]+)", run.script))


def _switch(command: Command) -> str:
    expression = SWITCHES.get(re.sub(r"^(pip)[\d.]+$", r"\1", command.name), "(?!)")
    return next((word for word in command.words[1:] if re.fullmatch(expression, word)), "")


def _set(pairs: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    for name, value in pairs:
        if re.fullmatch(VARIABLES.get(name.upper(), "(?!)"), value or "", re.IGNORECASE):
            yield f"`{name}={value}` lets anybody between send something else"
