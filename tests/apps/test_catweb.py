"""catweb beyond the rules: its versions, and that its small Python is a whole one."""

import json
import re
import time

import pytest
import requests
import trustme

from plimsoll import app, build, container, image
from plimsoll.app import ROOT

pytestmark = [pytest.mark.app("catweb"), pytest.mark.xdist_group("catweb")]

PROD = "plimsoll/catweb:prod"


def python(script, *arguments, name=PROD):
    """What a script prints inside the image, which must end well."""
    with container.started(name, entrypoint=["python", "-c", script, *arguments], read_only=True) as running:
        code = running.wait()
        said = running.logs()
    assert code == 0, said
    return said


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_one_dockerfile_builds_both_versions_of_the_page(version):
    tag = f"plimsoll/catweb:{version}"
    changed = [f"--set=catweb-prod.args.CATWEB_VERSION={version}", f"--set=catweb-prod.tags={tag}"]
    record = build.bake("catweb-prod", *changed, quiet=True)
    assert record.code == 0, record.failure
    with container.started(tag, port=5000) as running:
        running.wait_until_answering()
        page = requests.get(running.url, timeout=5).text
    assert f"catweb {version}" in page
    assert ("Another cat" in page) == (version == "v2")


def test_the_version_has_a_default():
    assert image.read(PROD).environment["CATWEB_VERSION"] == "v1"


def test_the_page_needs_nothing_from_outside():
    with container.started(PROD, port=5000) as running:
        running.wait_until_answering()
        page = requests.get(running.url, timeout=5).text
        sources = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert sources
        assert all(source.startswith("/") for source in sources), sources
        assert {requests.get(running.url + source, timeout=5).status_code for source in sources} == {200}


def test_requests_in_flight_are_answered_when_it_is_stopped():
    with container.started(PROD, port=5000) as running:
        running.wait_until_answering()
        url = running.url

        def slowly():
            yield b"half"
            running.container.kill("SIGTERM")
            time.sleep(0.5)
            yield b" and half"

        assert requests.post(f"{url}/healthz", data=slowly(), timeout=10).status_code == 405
        assert running.wait(timeout=15) == 0


def test_prod_verifies_certificates():
    """A server is believed with its authority's certificate, and refused without: both are tried inside the image."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    chain = issued.private_key_and_cert_chain_pem.bytes().decode()
    script = """
import socket, ssl, sys, threading
chain, authority = sys.argv[1:]
open("/dev/shm/chain.pem", "w").write(chain)
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain("/dev/shm/chain.pem")
listening = socket.create_server(("127.0.0.1", 0))
def serve():
    for _ in range(2):
        try:
            server.wrap_socket(listening.accept()[0], server_side=True).close()
        except (ssl.SSLError, OSError):
            pass
threading.Thread(target=serve, daemon=True).start()
def shake(context):
    with socket.create_connection(listening.getsockname(), timeout=5) as plain:
        context.wrap_socket(plain, server_hostname="localhost").close()
default = ssl.create_default_context()
assert len(default.get_ca_certs()) > 50, len(default.get_ca_certs())
try:
    shake(default)
    raise SystemExit("an unknown authority was believed")
except ssl.SSLCertVerificationError as error:
    print(error.verify_message)
default.load_verify_locations(cadata=authority)
shake(default)
print("verified")
"""
    said = python(script, chain, authority.cert_pem.bytes().decode())
    assert said.splitlines() == ["unable to get local issuer certificate", "verified"]


def test_prod_knows_time_zones_hashes_and_encodings():
    script = """
import encodings.aliases, hashlib, zoneinfo
for name in hashlib.algorithms_guaranteed:
    hashlib.new(name, b"x")
for codec in sorted(set(encodings.aliases.aliases.values()) - {"mbcs", "oem"}):
    __import__(f"encodings.{codec}")
assert len(zoneinfo.available_timezones()) > 400
print(zoneinfo.ZoneInfo("Europe/Madrid"), "ñ".encode("cp1252").hex(), "猫".encode("shift_jis").hex())
"""
    assert python(script) == "Europe/Madrid f1 944c"


def test_a_traceback_shows_its_source_lines():
    script = """
import json, traceback
try:
    json.loads("{")
except ValueError:
    print(traceback.format_exc())
"""
    assert "obj, end = self.raw_decode" in python(script)


def test_every_module_of_the_dependencies_is_importable_inside_prod():
    """Found from the packages' own records; those of other platforms, frameworks or servers are named here."""
    script = """
import importlib, importlib.metadata as metadata, json
failed = {}
count = 0
for distribution in metadata.distributions():
    for file in distribution.files or []:
        parts = file.with_suffix("").parts
        if file.suffix != ".py" or ".." in parts or parts[-1] == "__main__":
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        count += 1
        try:
            importlib.import_module(name)
        except BaseException as error:
            failed[name] = repr(error)
print(json.dumps([count, failed]))
"""
    count, failed = json.loads(python(script).splitlines()[-1])
    assert count > 100
    for_windows = {"click._winconsole"}
    absent = ("eventlet", "gevent", "tornado", "setproctitle", "paste", "asgiref")
    unexplained = {
        name: why for name, why in failed.items() if name not in for_windows and not any(word in why for word in absent)
    }
    assert not unexplained


def test_prod_holds_no_pip_compiler_or_header():
    paths = image.read(PROD).files
    wrong = [path for path in paths if re.search(r"(^|/)(pip|gcc|cc|ld|apt|dpkg)(\.py)?$|\.h$|ensurepip|idlelib", path)]
    assert not wrong


def test_the_last_rung_weighs_what_prod_weighs():
    """The ladder ends where the Dockerfile begins: what tells them apart is a few lines of pip's records."""
    prod, rung = image.read(PROD).size, image.read("plimsoll/catweb:scratch").size
    assert abs(prod - rung) < 0.001 * prod


def test_every_rung_is_smaller_than_the_one_below():
    """Rungs that this machine can't build are left out, and named by the rule `builds`."""
    recorded = build.recorded()
    climb = ["single", "multi-ubuntu", "distroless-like", "scratch"]
    sizes = {
        name: image.read(f"plimsoll/catweb:{name}").size
        for name in climb
        if not recorded[f"plimsoll/catweb:{name}"].unbuildable
    }
    assert list(sizes.values()) == sorted(sizes.values(), reverse=True), sizes


def test_the_alpine_rung_names_what_it_needs():
    (alpine,) = [variant for variant in app.select(["catweb"]) if variant.name == "alpine"]
    assert "apk" in alpine.expected.needs
    assert "apk" in (ROOT / "python-flask/catweb/ladder/alpine.Dockerfile").read_text()
