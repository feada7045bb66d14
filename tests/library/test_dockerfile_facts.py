"""What is read from a Dockerfile's scripts and arguments; most of all, what must not be found."""

import re
from unittest.mock import ANY

import pytest

from plimsoll.errors import NotJudgedError
from plimsoll.facts.text import arguments, buildkit, downloads, hadolint, linters, steps
from plimsoll.facts.text.remark import Remark
from plimsoll.parsing import shell
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.rule import every_rule
from plimsoll.subject import Variant


def _stage(text):
    return Dockerfile(f"FROM debian:trixie\n{text}\n")


def _run(text):
    return _stage(f"RUN {text}").last.instructions[0]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b && c || d; e & f\ng", ["a b", "c", "d", "e", "f", "g"]),
        ("a '|' \"b && c\" d\\;e | g", ["a | b && c d;e", "g"]),
        ("X=1 Y='2 3' sudo -E env Z=4 make all", ["make all"]),
        ("if ! test -f x; then make; fi", ["test -f x", "make", "fi"]),
        ("a $(b c) d", ["b c", "a  d"]),
        ("a `b c` d", ["b c", "a  d"]),
        ("a # b\n# c\nd#e", ["a", "d#e"]),
        ("a >b 2>&1 <c 3>>d e", ["a e"]),
        ("(a; b) && c", ["a", "b", "c"]),
        ("sh -ec 'a && b' x", ["sh -ec a && b x", "a", "b"]),
        ("a ${B:-c d} ${#e}", ["a ${B:-c d} ${#e}"]),
        ('a "b', ['a "b']),
        ("a 'b", ["a 'b"]),
        ("", []),
        ("))((", []),
        ("cat <<EOF > x\nrm y\nEOF\nz", ["cat", "z"]),
        ("cat <<'E F' | tee x && b\nrm y\nE F\nz", ["cat", "tee x", "b", "z"]),
        ("(cat <<-A; b <<\\B)\n\tr\n\tA\nA\nB\nz", ["cat", "b", "z"]),
        ("cat <<EOF\nrm y", ["cat", "rm y"]),
        ("cat <<< EOF\nb", ["cat", "b"]),
        ("echo $((x<<y))\nb", ["x", "echo ", "b"]),
    ],
)
def test_commands_of_a_script(script, expected):
    assert [str(command) for pipeline in shell.pipelines(script) for command in pipeline] == expected


def test_pipelines_and_what_they_write():
    first, second = shell.pipelines("a | b 2>/dev/null |& c > d; e")
    assert [command.name for command in first] == ["a", "b", "c"]
    assert first[2].outputs == ("d",)
    assert [command.name for command in second] == ["e"]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ('["/bin/sh", "-c", "a | b"]', ["/bin/sh", "a", "b"]),
        ('["a", "b c"]', ["a"]),
        ("<<EOF\na\nb\nEOF", ["a", "b"]),
        ("bash <<EOF\na\nEOF", ["bash", "a"]),
        ("cat <<EOF > /x\nrm\nEOF", ["cat"]),
        ("<<EOF\n#!/usr/bin/env python3\nimport os\nEOF", []),
    ],
)
def test_commands_of_a_run_in_each_of_its_forms(run, expected):
    assert [command.words[0] for pipeline in steps.pipelines(_run(run)) for command in pipeline] == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("pip install -r requirements.txt", True),
        ("python3.13 -m pip install flask", True),
        ("/venv/bin/pip3 install --no-cache-dir --requirement=x.lock", True),
        ("uv sync --locked", True),
        ("npm --prefix web ci", True),
        ("yarn --frozen-lockfile", True),
        ("go mod download", True),
        ("apt-get -qq -o X=Y install -y gcc", True),
        ("pip install --no-deps .", False),
        ("pip install -e .[dev]", False),
        ("pip uninstall x", False),
        ("npm run install-things", False),
        ("yarn build", False),
        ("apt-get install -y ./own.deb", False),
        ("go build ./...", False),
        ("cargo build --release", False),
        ("echo npm ci", False),
    ],
)
def test_tells_what_installs_dependencies(script, expected):
    assert any(steps.installs(command) for command in steps.commands(_run(script))) is expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("apt-get update && apt-get upgrade -y", True),
        ("DEBIAN_FRONTEND=noninteractive apt-get -y dist-upgrade", True),
        ("apk upgrade --no-cache", True),
        ("dnf -y update", True),
        ("apt-get install --only-upgrade openssl", False),
        ("apk upgrade libssl3", False),
        ("pip install --upgrade pip", False),
        ("yum update -y openssl", False),
    ],
)
def test_tells_what_upgrades_the_whole_base(script, expected):
    assert any(steps.upgrades(command) for command in steps.commands(_run(script))) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN apt-get update\nRUN apt-get install -y gcc", [(2, 3)]),
        ("RUN apt-get update\nWORKDIR /x\nRUN apt-get install -y gcc\nRUN apt-get install -y git", [(2, 4)]),
        ("RUN apk update\nRUN apk add git", [(2, 3)]),
        ("RUN apt-get update && apt-get install -y gcc", []),
        ("RUN apt-get update\nRUN apt-get update && apt-get install -y gcc", []),
        ("RUN apk update\nRUN apk add --no-cache git", []),
        ("RUN --mount=type=cache,target=/var/lib/apt apt-get update\nRUN apt-get install -y gcc", []),
        ("RUN apt-get update && ./install.sh", []),
    ],
)
def test_tells_lists_that_are_updated_alone(text, expected):
    assert steps.stale_lists(_stage(text)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("COPY <<'EOF' /start.sh\r\n#!/bin/sh\r\nexec app\r\nEOF\r\n", "'/bin/sh\\\\r'"),
        ("COPY <<EOF /x.py\r\n#!/usr/bin/env python3\r\nEOF\r\n", "'/usr/bin/env python3\\\\r'"),
        ("RUN <<EOF\r\nset -e\r\nmake\r\nEOF\r\n", "last word"),
        ("RUN cat <<EOF >/x\r\n#!/bin/sh\r\nEOF\r\n", "/bin/sh"),
        ("COPY <<EOF /etc/app.conf\r\nport = 80\r\nEOF\r\n", ""),
        ("RUN make \\\r\n && make install\r\n", ""),
        ("COPY <<EOF /start.sh\n#!/bin/sh\nEOF\n", ""),
    ],
)
def test_tells_scripts_whose_lines_end_as_windows_ends_them(text, said):
    found = [what for _, what in steps.carriage_returns(Dockerfile(f"FROM a\r\n{text}"))]
    assert len(found) == bool(said)
    assert all(re.search(said, what) for what in found)


def test_lists_that_are_updated_in_the_stage_below():
    parsed = Dockerfile("FROM a AS b\nRUN apt-get update\nFROM b AS c\nRUN apt-get install -y x\nFROM b\nRUN true\n")
    assert steps.stale_lists(parsed) == [(2, 4)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("COPY . .\nRUN npm ci", [3]),
        ("COPY ./ /app\nRUN npm install && npm run build", [3]),
        ("ADD . /app\nRUN apt-get update && apt-get install -y gcc", [3]),
        ("COPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build && npm prune", []),
        ("COPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm ci --omit=dev", []),
        ("RUN uv sync --no-install-project\nCOPY . .\nRUN uv sync", []),
        ("COPY . .\nRUN pip install --no-deps .", []),
        ("COPY --from=build . .\nRUN npm ci", []),
        ("RUN --mount=type=bind,source=requirements.txt,target=r.txt pip install -r r.txt\nCOPY . .", []),
        ("COPY src/ src/\nRUN npm ci", []),
        ("COPY . .\nRUN go build -o /app .", []),
    ],
)
def test_tells_what_every_edit_installs_again(text, lines):
    assert [line for line, _, _ in steps.repeated_installs(_stage(text), None)] == lines


def test_a_compiler_that_fetches_is_told_by_its_lock_file(tmp_path):
    parsed = _stage("COPY . .\nRUN go build -o /app .")
    (tmp_path / "go.sum").write_text("")
    assert not list(steps.repeated_installs(parsed, tmp_path))
    (tmp_path / "go.sum").write_text("example.org/x v1.0.0 h1:abc=\n")
    assert [line for line, _, _ in steps.repeated_installs(parsed, tmp_path)] == [3]
    for before in ("COPY go.* .\nRUN go mod download", "RUN --mount=type=cache,target=/go go build ."):
        other = _stage(f"{before}\nCOPY . .\nRUN --mount=type=cache,target=/x go build .")
        assert not list(steps.repeated_installs(other, tmp_path))


def test_sources_that_the_stage_below_brings():
    parsed = Dockerfile("FROM a AS b\nCOPY . .\nFROM b AS c\nRUN npm ci\nFROM a\nRUN npm ci\n")
    assert [(line, copied) for line, _, copied in steps.repeated_installs(parsed, None)] == [(4, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "RUN curl -fsSL https://example.org/x.sh | sh",
        "RUN wget -qO- https://example.org/x.sh | sudo -E bash -s -- -y",
        "RUN curl https://example.org/x.tgz | tar -xz",
        "RUN curl -sSL https://example.org/x.py | python3 -",
        'RUN bash -c "$(curl -fsSL https://example.org/x.sh)"',
        "RUN bash <(curl -s https://example.org/x.sh)",
        "RUN curl -Lo /usr/local/bin/x https://example.org/x && chmod +x /usr/local/bin/x",
        "RUN curl -LO https://example.org/x.tar.gz && tar xf x.tar.gz",
        "RUN wget https://example.org/x.deb && dpkg -i x.deb",
        'RUN curl -o x "$URL" && chmod 755 x',
        "ADD https://example.org/x.tar.gz /",
    ],
)
def test_tells_downloads_that_nothing_checks(text):
    assert [line for line, _ in downloads.unverified(_stage(text))] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "RUN curl -LO https://example.org/x.tar.gz && echo 'abc x.tar.gz' | sha256sum -c && tar xf x.tar.gz",
        'RUN wget -O /bin/x https://example.org/x && [ "$(sha512sum /bin/x)" = "$SUM" ]',
        "RUN curl -o /bin/x https://example.org/x\nRUN sha256sum --check sums",
        "RUN curl -fsSLO https://example.org/x.tgz && gpg --batch --verify x.tgz.asc x.tgz && tar xf x.tgz",
        "RUN curl -fsSL https://example.org/key.asc | gpg --dearmor -o /etc/apt/keyrings/x.gpg",
        "RUN curl -fsSL https://example.org/key -o /etc/apt/keyrings/x.asc",
        "RUN curl -s https://example.org/versions.json | jq -r .latest > /version",
        "RUN curl -s https://example.org/x.json | python3 -m json.tool",
        "RUN curl --fail http://localhost:8080/ && wget -q -O /dev/null https://example.org/",
        "RUN wget -qO /data https://example.org/data",
        "RUN apt-get install -y curl wget tar",
        "ADD --checksum=sha256:abc https://example.org/x.tar.gz /",
        "ADD https://example.org/x.git#v1 /x",
        "ADD rootfs.tar /",
        "RUN tar xf x.tar.gz && sh x.sh",
    ],
)
def test_passes_over_downloads_that_are_checked_or_not_run(text):
    assert list(downloads.unverified(_stage(text))) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FROM a\nARG X=1\n", ["X"]),
        ("ARG X=1\nFROM a\nRUN echo $X\n", ["X"]),
        ('FROM a\nRUN x\nARG X\nCOPY a /b\nCMD ["$Y"]\n', ["X"]),
        ("ARG X=1\nFROM a:$X\n", []),
        ("ARG X=1\nARG Y=a:${X}\nFROM $Y\n", []),
        ("ARG X=1\nFROM a\nARG X\nLABEL x=$X\n", []),
        ("FROM a\nARG X\nRUN make\n", []),
        ("FROM a AS b\nARG X\nFROM b\nRUN make\n", []),
        ("FROM a AS b\nARG X\nFROM b\nUSER $X\n", []),
        ("FROM a\nARG X\nCOPY --chown=$X a /b\n", []),
        ("FROM a\nARG X\nCOPY <<EOF /b\n$X\nEOF\n", []),
        ("FROM a\nARG X\nARG Y=$X\nENV Z=$Y\n", []),
        ("FROM a\nARG HTTP_PROXY\nARG TARGETARCH\nARG SOURCE_DATE_EPOCH\nARG BUILDKIT_SBOM_SCAN_STAGE=true\n", []),
    ],
)
def test_tells_arguments_that_nothing_uses(text, names):
    assert [name for _, name in arguments.unused(Dockerfile(text))] == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ENV URL=postgres://app:hunter2@db/app", True),
        ("ARG T=ghp_" + "a" * 36, True),
        ("LABEL k='-----BEGIN RSA PRIVATE KEY-----'", True),
        ("ENV KEY='-----BEGIN RSA PRIVATE KEY-----'", True),
        ("ENV URL=postgres://app:password@db/app", True),
        ("ENV DB_PW=hunter2", True),
        ("ENV PGPASSWORD=hunter2", True),
        ("ARG RAILS_MASTER_KEY", True),
        ("ARG SECRET_KEY_BASE=", True),
        ("ENV DB_PASSWORD=$GIVEN", True),
        ("ENV DB_PASSWORD=", False),
        ("ENV NEXT_PUBLIC_API_KEY=0a1b2c", False),
        ("ENV TOKEN_TTL=3600", False),
        ("ENV BASE=docker-image://alpine:3.22@sha256:" + "0a1b" * 16, False),
        ("LABEL usage='--env DATABASE_URL=postgres://app:<password>@db/app'", False),
        ("ENV URL=postgres://app:$PASSWORD@db/app", False),
        ("ENV URL=http://db:5432/app?mail=a@b", False),
        ("ENV URL=postgres://app@db/app", False),
    ],
)
def test_tells_values_that_are_secrets(text, found):
    assert bool(list(arguments.secrets(_stage(text)))) is found


@pytest.mark.parametrize(
    ("text", "name", "harmless"),
    [
        ("ENV DB_PASSWORD_FILE=/run/secrets/db", "DB_PASSWORD_FILE", True),
        ("ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D", "GPG_KEY", True),
        ("ENV SSL_KEY=/etc/ssl/key.pem", "SSL_KEY", True),
        ("ENV ALLOW_EMPTY_PASSWORD=yes", "ALLOW_EMPTY_PASSWORD", True),
        ("ENV AUTH_MODE=none", "AUTH_MODE", True),
        ("ENV API_KEY_HEADER=X-Api-Key", "API_KEY_HEADER", True),
        ("ARG KMS_KEY_ALIAS=alias/harbour", "KMS_KEY_ALIAS", True),
        ("ARG AUTH_MODULE_VERSION=2.3.1", "AUTH_MODULE_VERSION", True),
        ("ARG AUTH_MODULE_VERSION", "AUTH_MODULE_VERSION", True),
        ("ENV PASSWORD_PROMPT='Say the word: '", "PASSWORD_PROMPT", True),
        ("ENV PASSWORD_MIN_LENGTH=12", "PASSWORD_MIN_LENGTH", True),
        ("ENV PASSWORD_RESET_TIMEOUT=3600", "PASSWORD_RESET_TIMEOUT", True),
        ("ENV TOKEN_URL=https://login.example/token", "TOKEN_URL", True),
        ("ENV OAUTH_TOKEN_ENDPOINT=https://login.example/token", "OAUTH_TOKEN_ENDPOINT", True),
        ("ARG SSH_AUTH_SOCK", "SSH_AUTH_SOCK", True),
        ("ARG KEY_ID", "KEY_ID", True),
        ("ARG JWT_PUBLIC_KEY", "JWT_PUBLIC_KEY", True),
        ("ENV TLS_KEY=certs/server.key", "TLS_KEY", True),
        ("ENV PRIMARY_KEY=id", "PRIMARY_KEY", True),
        ("ENV CACHE_KEY=v2-linux", "CACHE_KEY", True),
        ("ENV EOS_TOKEN='[EOS]'", "EOS_TOKEN", True),
        ("ENV GRAFANA_AUTH=ldap", "GRAFANA_AUTH", True),
        ("ENV AUTH_ENABLED=1", "AUTH_ENABLED", True),
        ("ENV USE_PASSWORD=maybe", "USE_PASSWORD", True),
        ("ENV BASIC_AUTH=admin:hunter2", "BASIC_AUTH", False),
        ("ARG API_KEY", "API_KEY", False),
        ("ENV API_KEY=0a1b2c3d", "API_KEY", False),
        ("ENV SECRET_KEY=django-insecure-x", "SECRET_KEY", False),
        ("ENV REDIS_AUTH=hunter2", "REDIS_AUTH", False),
        ("ENV APP_KEY=base64:c2VjcmV0", "APP_KEY", False),
        ("ENV MYSQL_ROOT_PASSWORD=root", "MYSQL_ROOT_PASSWORD", False),
        ("ENV DB_PASSWORD=1234", "DB_PASSWORD", False),
        ("ARG NPM_TOKEN", "NPM_TOKEN", False),
    ],
)
def test_tells_names_that_only_sound_like_secrets(text, name, harmless):
    assert arguments.holds_no_secret(_stage(text).last.instructions[0], name) is harmless


def test_every_linters_rule_belongs_to_one_rule_of_ours():
    owned = [code for codes in linters.OWNERS.values() for code in codes.split()]
    assert len(owned) == len(set(owned))
    assert set(linters.OWNERS) <= set(every_rule())
    assert linters.owner("SC2086") == "scripts_are_sound"
    assert linters.owner("DL3059") == "hadolint_finds_nothing"
    assert linters.owner("InvalidDefinitionDescription") == "docker_build_check_finds_nothing"


def test_hadolint_reads_past_a_heredoc_that_it_does_not_know(tmp_path):
    file = tmp_path / "Dockerfile"
    file.write_text("FROM debian:trixie\nRUN true && cat <<EOF > /x\n`'\nEOF\nRUN sudo make\n")
    variant = Variant("own", "own", "own", folder=tmp_path, file=file)
    assert {(each.line, each.rule) for each in hadolint.remarks(variant.dockerfile)} >= {(5, "DL3004")}
    assert "DL1000" not in {each.rule for each in hadolint.remarks(variant.dockerfile)}


def test_what_hadolint_can_not_read_is_told(tmp_path):
    file = tmp_path / "Dockerfile"
    file.write_text("# syntax=another/syntax:1\nFROM debian:trixie\nNONSENSE\n")
    assert f"{file}:3" in linters.unreadable(Dockerfile.read(file))


def test_linters_are_not_believed_where_the_value_says_otherwise(tmp_path, monkeypatch):
    file = tmp_path / "Dockerfile"
    label = "org.opencontainers.image.version"
    file.write_text(f"FROM debian:trixie\nENV DB_PASSWORD_FILE=/x\nARG V\nLABEL {label}=$V\nLABEL {label}=x\n")
    warned = Remark(2, f"{file}:2", "SecretsUsedInArgOrEnv", 'not for secrets (ENV "DB_PASSWORD_FILE")')
    monkeypatch.setattr(buildkit, "check", lambda _: ([warned], ()))
    variant = Variant("own", "own", "own", folder=tmp_path, file=file)
    assert linters.of_hadolint(variant.dockerfile)("labels_follow_their_schema") == [(f"{file}:5", ANY)]
    assert not any(linters.of_buildkit(variant)(rule) for rule in every_rule())


def test_what_buildkit_says_without_a_base_is_told_of_no_rule_that_depends_on_it(tmp_path, monkeypatch):
    file = tmp_path / "Dockerfile"
    file.write_text("FROM nobody/no-such-base:1\nMAINTAINER nobody\n")
    deprecated = Remark(2, f"{file}:2", "MaintainerDeprecated", "use a label")
    monkeypatch.setattr(buildkit, "check", lambda _: ([deprecated], ("nobody/no-such-base:1",)))
    owned = linters.of_buildkit(Variant("own", "own", "own", folder=tmp_path, file=file))
    assert owned("uses_nothing_deprecated") == [(f"{file}:2", "MaintainerDeprecated, use a label")]
    for rule in buildkit.TOLD_BY_THE_BASE:
        with pytest.raises(NotJudgedError, match=r"^base nobody/no-such-base:1 can't be had$"):
            owned(rule)


def test_only_of_a_rule_that_both_linters_know_the_second_is_asked_as_well():
    assert linters.is_of_both("uses_nothing_deprecated")
    assert not linters.is_of_both("scripts_are_sound")
    assert not linters.is_of_both("instructions_are_cased_alike")
    assert not linters.is_of_both("hadolint_finds_nothing")
    for name, rule in every_rule().items():
        assert linters.is_of_both(name) <= ("diagnostics" in rule.wants), rule
        codes = linters.OWNERS.get(name, "").split()
        if codes and not any(each.startswith(linters.HADOLINT) for each in codes):
            assert "build_checks" in rule.wants, rule
