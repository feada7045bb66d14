"""The search for secrets: none of them is written here, all are made up on the spot."""

import base64
import gzip
import string

import pytest

from plimsoll.composition import Composition
from plimsoll.facts.image import disclosures, secrets
from plimsoll.facts.secrets import files, names, search, tokens
from plimsoll.facts.text import arguments
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.rules.compose import secrets as compose

ALL = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + "234567"

TOKENS = {
    "an AWS access key": ("AKIA", UPPER, 16),
    "an AWS secret key": ("aws_secret_access_key = ", ALL + "/+", 40),
    "a Docker Hub token": ("dckr_pat_", ALL, 27),
    "a GitHub token": ("ghp_", ALL, 36),
    "a GitLab token": ("glpat-", ALL, 20),
    "a Google API key": ("AIza", ALL, 35),
    "a Google client secret": ("GOCSPX-", ALL, 28),
    "an npm token": ("npm_", ALL, 36),
    "a PyPI token": ("pypi-AgEI", ALL, 90),
    "a Slack token": ("xoxb-", string.digits, 24),
    "a Stripe key": ("sk_live_", ALL, 24),
}
FILES = {
    "root/.netrc": "machine git.example.org login robot password {}",
    "root/.pypirc": "[private]\nusername = robot\npassword = {}",
    "root/.pgpass": "db:5432:*:robot:{}",
    "app/.git/config": "url = https://robot:{}@git.example.org/private",
    "etc/pip.conf": "index-url = https://robot:{}@pip.example.org/simple",
    "etc/apt/auth.conf.d/private.conf": "machine apt.example.org login robot password {}",
    "root/.vault-token": "{0}-{0}\n",
}


def token(chance, what):
    begin, letters, length = TOKENS[what]
    return begin + "".join(chance.choices(letters, k=length))


def key(chance, kind="RSA ", end="\n"):
    body = base64.b64encode(chance.randbytes(600)).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return end.join([f"-----BEGIN {kind}PRIVATE KEY-----", *lines, f"-----END {kind}PRIVATE KEY-----", ""])


def kinds(path, content):
    return [
        each.what
        for each in secrets.in_file(path, tokens.Words(content.encode() if isinstance(content, str) else content))
    ]


@pytest.mark.parametrize("what", TOKENS)
def test_tokens_are_found_and_not_shown(chance, what):
    secret = token(chance, what)
    (found,) = secrets.in_file("app/settings.py", tokens.Words(f'x = "{secret}"\n'.encode()))
    assert found.what == what
    assert secret.rpartition(" ")[2] not in found.shown


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\\n"])
def test_private_keys_are_found(chance, kind, end):
    assert kinds("app/key.pem", f'x: "{key(chance, kind, end)}"') == ["a private key"]


def test_encrypted_keys_of_old_are_found(chance):
    headers = "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"
    text = key(chance).replace("PRIVATE KEY-----\n", headers, 1)
    assert kinds("app/key.pem", text) == ["a private key"]


@pytest.mark.parametrize("path", FILES)
def test_kept_logins_are_found(chance, path):
    assert kinds(path, FILES[path].format("".join(chance.choices(ALL, k=12)))) == ["a kept login"]


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize(
    "placeholder", ["${TOKEN}", "<password>", "changeme", "your-password-here", "xxxxxxxx", "password"]
)
def test_placeholders_of_logins_are_not(path, placeholder):
    assert kinds(path, FILES[path].format(placeholder)) == []


def test_logins_of_docker_are_found(chance):
    login = base64.b64encode(f"robot:{chance.getrandbits(60):x}".encode()).decode()
    assert kinds("root/.docker/config.json", f'{{"auths": {{"registry": {{"auth": "{login}"}}}}}}') == ["a kept login"]
    assert kinds("root/.docker/config.json", '{"auths": {"registry": {}}}') == []


@pytest.mark.parametrize("what", TOKENS)
@pytest.mark.parametrize("width", [0, 21, 64, 76])
def test_tokens_are_found_in_base64_however_its_lines_are_broken(chance, what, width):
    for before in range(6):
        text = base64.b64encode(f"{'.' * before} {token(chance, what)} and more to come".encode()).decode()
        width = width or len(text)
        lines = "\n  ".join(text[at : at + width] for at in range(0, len(text), width))
        assert kinds("app/secret.yaml", f"data:\n  {lines}\n") == [what]


@pytest.mark.parametrize("begin", range(3))
def test_secrets_are_found_in_base64_wherever_they_begin(chance, begin):
    text = "." * begin + f"TOKEN={token(chance, 'a GitHub token')}\n{key(chance)}"
    encoded = base64.b64encode(text.encode()).decode()
    lines = "\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76))
    assert set(kinds("app/secret.yaml", f"data: {encoded}\n")) == {"a GitHub token", "a private key"}
    assert set(kinds("app/secret.b64", lines)) == {"a GitHub token", "a private key"}


def test_secrets_are_found_in_gzip(chance):
    assert kinds("app/dump.gz", gzip.compress(f"x {token(chance, 'a GitLab token')}\n".encode())) == ["a GitLab token"]
    assert kinds("app/broken.gz", gzip.compress(b"x" * 5000)[:9] + b"\xff" * 100) == []


@pytest.mark.parametrize(
    "example",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "ghp_" + "x" * 36,
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "glpat-xxxxxxxxxxxxxxxxxxxx",
        "npm_YOURTOKENYOURTOKENYOURTOKENYOURTOKEN",
        "xoxb-not-a-real-token-at-all-example",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----",
        'if line.startswith("-----BEGIN PRIVATE KEY-----"):\n    read_until("-----END PRIVATE KEY-----")',
        "-----BEGIN CERTIFICATE-----\n" + "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n" * 9,
        "-----BEGIN PUBLIC KEY-----\n"
        + "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1\n" * 5
        + "-----END PUBLIC KEY-----",
    ],
)
def test_examples_are_no_secrets(example):
    assert kinds("app/notes", f'"{example}"\n') == []


@pytest.mark.parametrize("before", [-50, -20, -1, 0, 1])
def test_tokens_are_found_where_a_large_file_is_taken_apart(chance, before):
    text = f"{' ' * (tokens.PIECE + before - 1)} {token(chance, 'a GitLab token')} {' ' * 2 * tokens.PIECE}"
    assert kinds("app/large", text) == ["a GitLab token"]


def test_noise_is_none(chance):
    for magic in (b"", b"\x7fELF", b"PK\x03\x04", b"\x89PNG"):
        assert kinds("app/noise", magic + chance.randbytes(1 << 20)) == []


@pytest.mark.parametrize(
    "encode", [str, lambda text: base64.b64encode(text.encode()).decode(), lambda text: text.encode().hex()]
)
def test_texts_are_searched_in_every_encoding(chance, encode):
    text = f"--header 'PRIVATE-TOKEN: {token(chance, 'a GitLab token')}'"
    assert "a GitLab token" in [each.what for each in search.in_text(f"RUN x {encode(text)}")]


def test_percent_encoded_tokens_are_found():
    assert search.in_text("https://robot:a%2Db%2Dc9Zk@git.example.org")[0].what == "a password in an address"


@pytest.mark.parametrize(
    "text",
    [
        "FROM docker-image://alpine:3.22@sha256:" + "0a1b2c3d" * 8,
        "docker build --secret id=login,src=/home/robot/login .",
        "mysql --password=$PASSWORD --user=robot",
        "server --tls-private-key /etc/tls/key.pem --token-ttl 3600",
        "psql postgres://user:password@host/db",
        "x" * 50_000 + "://" + "y" * 50_000,
    ],
)
def test_what_only_looks_like_a_password_is_none(text):
    assert search.in_text(text) == []


@pytest.mark.parametrize(
    ("option", "what"),
    [
        ("--api-key=a7Kz-91-mKw", "a password in a command"),
        ("--db-password a7Kz-91-mKw", "a password in a command"),
        ("postgres://app:pass:word7@db/app", "a password in an address"),
        ("HTTPS://robot:a7Kz91@git.example.org", "a password in an address"),
    ],
)
def test_passwords_are_known_by_where_they_stand(option, what):
    assert [each.what for each in search.in_text(f"RUN tool {option}")] == [what]


NAMES = {
    **dict.fromkeys(
        (
            *("PASSWORD", "DB_PASSWORD", "PGPASSWORD", "MYSQL_ROOT_PASSWORD", "ADMIN_PASSWD", "DB_PW", "DB_PWD"),
            *("SMTP_PASS", "KEY_PASSPHRASE", "NPM_TOKEN", "authToken", "CLIENT_SECRET", "SECRET_KEY_BASE"),
            *("RAILS_MASTER_KEY", "API_KEY", "APIKEY", "stripe.api-key", "AWS_SECRET_ACCESS_KEY", "SIGNING_KEY"),
            *("GOOGLE_CREDENTIALS", "ENCRYPTION_KEY", "AUTH_KEY"),
        ),
        True,
    ),
    **dict.fromkeys(
        (
            *("DB_PASSWORD_FILE", "TOKEN_PATH", "TOKEN_URL", "TOKEN_TTL", "AWS_ACCESS_KEY_ID", "SECRET_NAME"),
            *("NEXT_PUBLIC_API_KEY", "STRIPE_PUBLISHABLE_API_KEY", "PUBLIC_KEY", "GPG_KEY", "PARTITION_KEY"),
            *("KEYBOARD", "COMPASS", "BYPASS", "TOKENIZER", "PASSWORD_MIN_LENGTH", "CACHE_KEY"),
        ),
        False,
    ),
}
VALUES = {
    **dict.fromkeys(("a7Kz-91-mKw", "correct horse", "1234", "changeme", "password", "0x1f"), True),
    **dict.fromkeys(
        (
            "",
            "/run/secrets/x",
            "true",
            "No",
            "off",
            "none",
            "7",
            "600",
            "file:///run/x",
            "vault:x",
            "<token>",
            "{{ x }}",
        ),
        False,
    ),
}


def _places(made, tmp_path, name, value):
    """Whether a variable counts as a secret, by place."""
    file = tmp_path / "compose.yaml"
    file.write_text(f"services:\n  app:\n    image: a:1\n    environment:\n      {name}: '{value}'\n")
    step = f"RUN |1 {name}={value} /bin/sh -c make"
    return {
        "environment": bool(disclosures.in_environment(made.imagined(config={"Env": [f"{name}={value}"]}))),
        "ENV": bool(list(arguments.secrets(Dockerfile(f'FROM a\nENV {name}="{value}"\n')))),
        "service": bool(compose.secrets_are_not_in_the_environment(Composition(file, file.name))),
        **(
            {}
            if " " in value
            else {"step": bool(disclosures.in_history(made.imagined(history=[{"created_by": step}])))}
        ),
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_place_knows_the_same_names(made, tmp_path, name):
    assert names.is_secret(name) is NAMES[name]
    assert set(_places(made, tmp_path, name, "a7Kz-91-mKw").values()) == {NAMES[name]}


@pytest.mark.parametrize("value", VALUES)
def test_every_place_knows_the_same_values(made, tmp_path, value):
    assert set(_places(made, tmp_path, "DB_PASSWORD", value).values()) == {VALUES[value]}


@pytest.mark.parametrize(
    ("path", "content", "what"),
    [
        (".env", "DB_PW=a7Kz-91-mKw", "a password or token"),
        (".env.local", "export RAILS_MASTER_KEY='a7Kz-91-mKw'", "a password or token"),
        (".env", "SESSION_KEY=a7Kz-91-mKw", "a password or token"),
        (".aws/credentials", "[default]\naws_secret_access_key = a7Kz91mKw", "a password or token"),
        (".kube/config", "users:\n- user:\n    token: a7Kz-91-mKw", "a password or token"),
        (".npmrc", "//npm.example.org/:_authToken=a7Kz-91-mKw", "the registry's token"),
        ("app-credentials.json", '{"type": "x", "client_secret": "a7Kz-91-mKw"}', "a password or token"),
        ("deploy.pem", "-----BEGIN EC PRIVATE KEY-----\n", "a private key"),
        (".env", "DB_PASSWORD=\nPORT=8080\nTOKEN_URL=https://example.org/token", ""),
        (".env", "DB_PASSWORD=$GIVEN\nDB_PASSWORD_FILE=/run/secrets/x", ""),
        (".npmrc", "save=true\n//npm.example.org/:_authToken=${NPM_TOKEN}", ""),
        ("ca.pem", "-----BEGIN CERTIFICATE-----\n", ""),
    ],
)
def test_a_file_that_is_there_for_secrets_is_looked_into(path, content, what):
    assert files.first_secret(f"app/{path}", content.encode()) == what


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("DB_PASSWORD=a7Kz-91", True),
        ("API_KEY=12345678", True),
        ("DATABASE_URL=postgres://shop:a7Kz91@db/shop", True),
        ("DATABASE_URL=postgres://db/shop", False),
        ("DB_PASSWORD_FILE=/run/secrets/password", False),
        ("DB_PASSWORD=/run/secrets/password", False),
        ("MYSQL_RANDOM_ROOT_PASSWORD=yes", False),
        ("GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305", False),
        ("PASSWORD=", False),
        ("TOKEN_LIFETIME=3600", False),
        ("NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt", False),
    ],
)
def test_secrets_in_the_environment(made, variable, told):
    assert bool(disclosures.in_environment(made.imagined(config={"Env": [variable]}))) is told


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("RUN |1 DB_PASSWORD=a7Kz-91 /bin/sh -c make # buildkit", True),
        ("RUN |2 VERSION=1 TOKEN=a7Kz-91 /bin/sh -c make", True),
        ("RUN |1 VERSION=1 /bin/sh -c TOKEN=$(cat /run/secrets/token) make", False),
        ("RUN /bin/sh -c curl --header 'Authorization: Bearer a7Kz91xW0qPl3mN8' https://x", True),
        ("RUN /bin/sh -c curl --header \"Authorization: Bearer $(cat /run/secrets/x)\" https://x", False),
        ("/bin/sh -c #(nop)  CMD [\"mysql\" \"--password=a7Kz-91\"]", True),
        ("RUN /bin/sh -c mysql --password=$PASSWORD", False),
        ("RUN /bin/sh -c git clone https://robot:a7Kz91@git.example.org/x", True),
        ("RUN /bin/sh -c useradd --shell /bin/sh --home-dir /home/dev dev", False),
        ("RUN /bin/sh -c go build -ldflags=\"-s -w\" github.com/air-verse/air@v1.67.4", False),
    ],
)  # fmt: skip
def test_secrets_in_the_history(made, step, told):
    found = disclosures.in_history(made.imagined(history=[{"created_by": step}]))
    assert bool(found) is told
    assert not any("a7Kz" in each.where + each.what for each in found)
