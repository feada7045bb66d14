"""Credentials in the steps of a Dockerfile, and the checks that its tools are told to leave out; what only looks so."""

import pytest

from plimsoll.facts.text import credentials, verification
from plimsoll.parsing.dockerfile import Dockerfile

PASSWORD = "Zx81kkqP2v"  # noqa: S105 - it opens nothing
TOKEN = "ghp" + "_" + "a8Kd93jdkLs02kdPq73mZx91KdLs03kdPq7a"

TELLING = [
    f"RUN git clone https://robot:{PASSWORD}@git.example.org/x/y.git",
    f"RUN git clone https://{TOKEN}@git.example.org/x/y.git",
    f"RUN pip install --extra-index-url https://deploy:{PASSWORD}@pypi.example.org/simple mine==1.0",
    f"RUN <<END\nset -e\nwget --password={PASSWORD} https://example.org/x\nEND",
    f"RUN curl -fsSL -H 'Authorization: token {TOKEN}' https://api.example.org/x -o x",
    f"RUN npm config set //registry.example.org/:_authToken {PASSWORD}",
    f'RUN echo "//registry.example.org/:_authToken={PASSWORD}" > .npmrc && npm ci && rm .npmrc',
    f"RUN echo 'machine git.example.org login robot password {PASSWORD}' > /root/.netrc",
    f"RUN echo 'app:{PASSWORD}' | chpasswd",
    f"RUN echo {PASSWORD} | passwd --stdin app",
    f"RUN printf '%s' {PASSWORD} | docker login --username robot --password-stdin example.org",
    "RUN useradd --password '$6$0123456789abcdef$hZ1mJ' app".replace("$6$", "Zx81"),
    f"ADD https://robot:{PASSWORD}@example.org/x.tgz /x.tgz",
    f'CMD ["app", "--token={TOKEN}"]',
    f"ENTRYPOINT app --database postgres://app:{PASSWORD}@db/app",
    f"HEALTHCHECK CMD mysqladmin ping -uroot -p{PASSWORD}",
]
TELLING_NOTHING = [
    "RUN --mount=type=secret,id=token git clone https://robot:$(cat /run/secrets/token)@git.example.org/x/y.git",
    "RUN --mount=type=secret,id=npm,env=TOKEN npm config set //registry.example.org/:_authToken $TOKEN",
    "RUN --mount=type=secret,id=npm,env=TOKEN echo //registry.example.org/:_authToken=${TOKEN} > .npmrc && npm ci",
    "RUN SECRET_KEY_BASE_DUMMY=1 ./bin/rails assets:precompile",
    "RUN SECRET_KEY=dummy python manage.py collectstatic --noinput",
    "RUN DATABASE_URL=postgres://postgres:postgres@localhost/test npm test",
    'RUN echo "app:$PASSWORD" | chpasswd',
    "RUN cat /run/secrets/login | chpasswd",
    "RUN adduser --system --no-create-home app",
    "RUN adduser --disabled-password --gecos '' app",
    "RUN getent passwd app || useradd app",
    "RUN passwd --delete root && passwd --lock app",
    "RUN usermod -p '!locked' app",
    "RUN echo 'set a password before use, and never db_password alone, which says nothing'",
    "RUN sed -i 's/password required/password optional/' /etc/pam.d/su",
    "RUN echo 'password requisite pam_pwquality.so' >> /etc/pam.d/common-password",
    'RUN echo "machine git.example.org login robot password $(cat /run/secrets/token)" > /root/.netrc',
    "RUN git config --global url.https://$USER:$TOKEN@git.example.org/.insteadOf https://git.example.org/",
    "RUN openssl req -x509 -nodes -passout pass:dummy",
    "RUN keytool -importcert -noprompt -storepass changeit -file ca.crt",
    "RUN git clone git@git.example.org:x/y.git",
    "RUN useradd --create-home --shell /usr/sbin/nologin app",
    "RUN echo $TOKEN | docker login --username robot --password-stdin example.org",
    "ADD https://example.org/x.tgz /x.tgz",
    'CMD ["app", "--token-file=/run/secrets/token"]',
    "HEALTHCHECK CMD mysqladmin ping -uroot -p$MYSQL_ROOT_PASSWORD",
    "HEALTHCHECK CMD pg_isready -U postgres",
]

SWITCHED_OFF = [
    "RUN apt-get install -y --allow-unauthenticated x",
    "RUN apt-get -o APT::Get::AllowUnauthenticated=true install -y x",
    "RUN apt-get update -o Acquire::AllowInsecureRepositories=1",
    "RUN apk add --no-cache --allow-untrusted x.apk",
    "RUN dnf install -y --nogpgcheck x",
    "RUN yum -y --setopt=sslverify=0 install x",
    "RUN zypper --no-gpg-checks install x",
    "RUN pip3 install --trusted-host pypi.example.org x==1",
    "RUN pip install --trusted-host=pypi.example.org x==1",
    "RUN npm config set strict-ssl false && npm ci",
    "RUN git -c http.sslVerify=false clone https://example.org/x.git",
    "RUN git config --global http.sslVerify false",
    "RUN GIT_SSL_NO_VERIFY=1 git clone https://example.org/x.git",
    "RUN echo 'deb [trusted=yes] https://example.org/deb ./' > /etc/apt/sources.list.d/x.list",
    "ENV NODE_TLS_REJECT_UNAUTHORIZED=0",
    "ENV PYTHONHTTPSVERIFY=0",
    "ARG NPM_CONFIG_STRICT_SSL=false",
]
LEFT_ON = [
    "RUN apt-get install -y --no-install-recommends x",
    "RUN apt-get -o APT::Get::AllowUnauthenticated=false install -y x",
    "RUN apk add --no-cache --allow-untrusted x.apk && sha256sum -c x.sums",
    "RUN npm config set strict-ssl true && npm ci",
    "RUN echo 'deb [signed-by=/usr/share/keyrings/x.gpg] https://example.org/deb ./' > /etc/apt/sources.list.d/x.list",
    "RUN echo 'deb [trusted=yes] file:/repository ./' > /etc/apt/sources.list.d/x.list",
    "ENV NODE_TLS_REJECT_UNAUTHORIZED=1",
    "RUN pip install --no-cache-dir x==1",
    "RUN grep --nogpgcheck /etc/notes",
]


def _lines(found, instruction):
    return [line for line, _ in found(Dockerfile(f"FROM debian:13-slim\n{instruction}\n"))]


@pytest.mark.parametrize("instruction", TELLING)
def test_what_a_step_tells_is_found_once(instruction):
    assert _lines(credentials.in_steps, instruction) == [2]


@pytest.mark.parametrize("instruction", TELLING_NOTHING)
def test_what_is_mounted_passed_or_made_up_is_no_secret(instruction):
    assert _lines(credentials.in_steps, instruction) == []


def test_a_secret_is_never_repeated():
    ((_, what),) = credentials.in_steps(Dockerfile(f"FROM debian:13-slim\n{TELLING[0]}\n"))
    assert PASSWORD not in what


@pytest.mark.parametrize("instruction", SWITCHED_OFF)
def test_a_check_that_is_switched_off_is_found(instruction):
    assert _lines(verification.switched_off, instruction) == [2]


@pytest.mark.parametrize("instruction", LEFT_ON)
def test_a_check_that_is_left_on_is_not(instruction):
    assert _lines(verification.switched_off, instruction) == []
