"""A registry of Debian's on loopback, with TLS and a password, and a clone from which an image is published to it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import requests
import trustme

from plimsoll import caches, engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import ownership
from workshop import listed, packages
from workshop.publishing import signing, source
from workshop.root import BUILD

USER, PASSWORD = "us", "only-here"
KEPT = "us:$2b$05$PA9swp.YqKHofo2iL6rcwOGpRfqfNa3vHuAdS6hi7osUlBnC5eXGy"
"""The same as htpasswd keeps it, by bcrypt."""

TAG = "v1.4.2"
APP = "go-gin"
PASSPHRASE = "of the key"  # noqa: S105 - of a key that is made here

CONFIGURATION = """
version: 0.1
log: {{level: warn}}
storage:
  filesystem: {{rootdirectory: {folder}/data}}
http:
  addr: 127.0.0.1:{port}
  tls: {{certificate: {folder}/cert.pem, key: {folder}/key.pem}}
auth:
  htpasswd: {{realm: here, path: {folder}/htpasswd}}
"""


@pytest.fixture(scope="session")
def tools():
    """What signs, and the registry, had as everything else here is had."""
    try:
        signing.ensure()
        ensure_registry()
    except PlimsollError as error:
        pytest.skip(str(error))


def ensure_registry():
    """Have Debian's registry."""
    if shutil.which("docker-registry"):
        return
    missing, remedy = "there is no `docker-registry`", "install Debian's package of that name"
    if packages.distribution() not in {"debian", "ubuntu"} or os.geteuid() != 0:
        raise PlimsollError(missing, remedy)
    packages.require_allowed(missing, remedy)
    packages.announce(["docker-registry"], "Debian")
    packages.install(["docker-registry"])


@pytest.fixture(scope="session")
def registry(tools, tmp_path_factory):  # noqa: ARG001 - it is one of these
    """The registry: its address, who trusts it, and what it holds."""
    folder = tmp_path_factory.mktemp("registry")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    (folder / "htpasswd").write_text(f"{KEPT}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config.yml").write_text(CONFIGURATION.format(folder=folder, port=port))
    command = ["docker-registry", "serve", str(folder / "config.yml")]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        host = f"127.0.0.1:{port}"
        get = session(folder / "ca.pem", host)
        try:
            wait_until_answering(get)
            yield SimpleNamespace(host=host, folder=folder, get=get)
        finally:
            process.terminate()


def session(authority, host):
    """What asks the registry, as who may."""
    asking = requests.Session()
    asking.trust_env = False
    asking.verify, asking.auth = str(authority), (USER, PASSWORD)
    accepted = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"
    return lambda path: asking.get(f"https://{host}/v2/{path}", headers={"Accept": accepted}, timeout=10)


def wait_until_answering(get):
    deadline = time.monotonic() + 20
    while True:
        try:
            assert get("").ok
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="session")
def environment(registry, tmp_path_factory):
    """Of somebody who is logged in there, trusts it, and has a key; the judge's cache is this repository's own."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "config.json").write_text("{}")
    log_in(folder, registry.host, PASSWORD)
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", ownership.ENVIRONMENT))}
    bundle = str(registry.folder / "ca.pem")
    return {
        **own,
        "DOCKER_CONFIG": str(folder),
        "HOME": str(folder),
        "REQUESTS_CA_BUNDLE": bundle,
        "SSL_CERT_FILE": bundle,
        "COSIGN_PASSWORD": PASSPHRASE,
        caches.ENVIRONMENT: str(BUILD / "cache"),
    }


def log_in(folder, host, password):
    """Keep a login as `docker login` does."""
    said = requests.auth._basic_auth_str(USER, password).removeprefix("Basic ")
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": said}}}))


@pytest.fixture(scope="session")
def key(environment, tmp_path_factory):
    """A key to sign with; beside it is the public one."""
    return made_key(tmp_path_factory.mktemp("key"), environment)


def made_key(folder, environment):
    subprocess.run(["cosign", "generate-key-pair"], cwd=folder, env=environment, check=True, capture_output=True)
    return folder / "cosign.key"


@pytest.fixture(scope="session")
def clone(git):
    """A clone whose commit has a tag, at a path of its own that others may read."""
    folder = BUILD / f"publishing-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    listed.copy(folder)
    for words in (["init"], ["add", "--all"], ["commit", "--message=all"], ["tag", TAG]):
        git(folder, *words)
    short = git(folder, "rev-parse", "HEAD")[: source.SHORT]
    yield folder
    shutil.rmtree(folder)
    for image in engine.images(f"plimsoll/*:release-{short}*"):
        engine.client().images.remove(image, force=True)


@pytest.fixture(scope="session")
def publish(clone, environment, registry, key):
    """Publishes from the clone: what becomes of `make publish` with these settings."""

    def publish(*more, variables=None, **given):
        settings = {"registry": f"{registry.host}/own", "tag": TAG, "app": APP, "key": str(key), **given}
        words = [f"--{name}={value}" for name, value in settings.items()]
        return subprocess.run(
            [sys.executable, "-m", "workshop", "publish", *words, *more],
            cwd=clone,
            env={**environment, "PYTHONPATH": str(clone), **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )

    return publish


@pytest.fixture(scope="session")
def published(publish):
    """An image that is published: its repository there, the digest, and all that was said."""
    done = publish()
    assert done.returncode == 0, done.stderr
    name, _, rest = done.stdout.splitlines()[0].partition("@")
    return SimpleNamespace(repository=name.partition("/")[2], name=name, digest=rest.partition(": ")[0], done=done)
