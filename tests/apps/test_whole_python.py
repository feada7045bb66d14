"""The small Python of catweb and widgets is a whole one: all that a program could need is there, and works."""

import json
import re

import pytest
import trustme

from plimsoll.facts.image import image
from plimsoll.facts.run import container
from workshop.root import ROOT
from workshop.suite import plugin

FRAMEWORK = {
    "click._winconsole": "Windows",
    "gunicorn.app.pasterapp": "for Paste, which is not a dependency",
    "gunicorn.workers.ggevent": "for gevent, which is not a dependency",
    "gunicorn.workers.gtornado": "for Tornado, which is not a dependency",
}
EXCEPTIONS = {
    "catweb": FRAMEWORK,
    "widgets": FRAMEWORK
    | {
        "psycopg._dns": "for dnspython, which is not a dependency",
        "psycopg.pq._pq_ctypes": "the pure driver, which looks for libpq with a program: the compiled one is there",
        "psycopg.pq.pq_ctypes": "the same",
        "psycopg.types.shapely": "for Shapely, which is not a dependency",
    },
}
"""The modules of each app's dependencies that can't be imported, with the reason: all others can, and these can't."""

LEFT_OUT = {
    "Windows": """_overlapped _winapi _wmi asyncio.windows_events asyncio.windows_utils encodings.mbcs encodings.oem
        msvcrt multiprocessing.popen_spawn_win32 nt winreg winsound""",
    "macOS and iOS": "_ios_support _scproxy",
    "no terminal": """_curses _curses_panel _pyrepl._minimal_curses _pyrepl.curses _pyrepl.readline
        _pyrepl.simple_interact _pyrepl.unix_console _pyrepl.unix_eventqueue _pyrepl.windows_console curses readline""",
    "no screen": "_tkinter idlelib tkinter turtle turtledemo",
    "nothing is installed": "ensurepip venv",
    "Berkeley DB, which dbm.sqlite3 took the place of": "_dbm _gdbm dbm.gnu dbm.ndbm",
    "what `help()` says of the language": "pydoc_data",
}
"""The modules of the standard library that can't be imported, by the reason."""

BUILD_TOOLS = r"c?cc|c99|[cg]\+\+|cpp|gcc|cc1|clang|ld|as|ar|make|cmake|rustc|cargo|git|apt(-get)?|dpkg"
INSTALLERS = r"pip|setuptools|wheel|pkg_resources|ensurepip|_distutils_hack|distutils-precedence"
FOR_COMPILING = r"h|hpp|a|o|la|pc"
UNWANTED = re.compile(
    rf"(.*/)?((\w+-linux-\w+-)?({BUILD_TOOLS})(-[\d.]+)?|({INSTALLERS})(-.*\.dist-info|\.pth|\.py|[\d.]*)?(/.*)?|[^/]+\.({FOR_COMPILING}))"
)


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.app(name), pytest.mark.xdist_group(name)]) for name in sorted(EXCEPTIONS)
    ]
)
def app(request):
    """An app's name."""
    return request.param


@pytest.fixture
def prod(app, request):
    """The app's production image, or the image that is judged in its place."""
    return plugin.given(request.config).get(app, f"plimsoll/{app}:prod")


TRY = """
import importlib, importlib.machinery, importlib.metadata, importlib.util, json, pkgutil, sys

def within(top):
    spec = importlib.util.find_spec(top)
    path = spec and spec.submodule_search_locations or []
    return {found.name for found in pkgutil.walk_packages(path, f"{top}.", onerror=lambda name: None)}

def failing(names):
    # A program's __main__ does its work when it is imported: that it is found must do.
    failed = {}
    for name in sorted(names):
        try:
            assert importlib.util.find_spec(name) if name.endswith(".__main__") else importlib.import_module(name)
        except BaseException as error:
            failed[name] = repr(error)
    return failed
"""


def test_every_module_of_the_dependencies_is_importable(app, prod, python):
    """Those that pip has recorded, and any that is found beside them, of every package in the app's lock."""
    script = """
names, distributions = set(), []
for distribution in importlib.metadata.distributions():
    distributions.append(distribution.name)
    for file in distribution.files:
        suffix = next((end for end in importlib.machinery.all_suffixes() if file.name.endswith(end)), None)
        if suffix and "__pycache__" not in file.parts and ".." not in file.parts:
            parts = [*file.parts[:-1], file.name.removesuffix(suffix)]
            names.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
for top in {name.partition(".")[0] for name in names}:
    names |= within(top)
print(json.dumps([distributions, len(names), failing(names)]))
"""
    distributions, count, failed = json.loads(python(prod, TRY + script).splitlines()[-1])
    lock = (ROOT / f"python-flask/{app}/requirements.lock").read_text()
    assert sorted(map(normal, distributions)) == sorted(map(normal, re.findall(r"(?m)^([\w.-]+)==", lock)))
    assert count > 150
    assert failed.keys() == EXCEPTIONS[app].keys(), failed


def normal(name):
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_module_of_the_standard_library_is_importable(prod, python):
    """All that Python itself names, on whatever system, and all that is found in it."""
    script = """
names = sys.stdlib_module_names.union(*map(within, sys.stdlib_module_names))
print(json.dumps([len(names), failing(names)]))
"""
    count, failed = json.loads(python(prod, TRY + script).splitlines()[-1])
    assert count > 600
    assert failed.keys() == set(" ".join(LEFT_OUT.values()).split()), failed


def test_it_verifies_certificates(prod, python):
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
    said = python(prod, script, chain, authority.cert_pem.bytes().decode())
    assert said.splitlines() == ["unable to get local issuer certificate", "verified"]


def test_it_knows_time_zones_hashes_and_encodings(prod, python):
    script = """
import encodings.aliases, hashlib, zoneinfo
for name in hashlib.algorithms_guaranteed:
    hashlib.new(name, b"x")
for codec in sorted(set(encodings.aliases.aliases.values()) - {"mbcs", "oem"}):
    __import__(f"encodings.{codec}")
assert len(zoneinfo.available_timezones()) > 400
print(zoneinfo.ZoneInfo("Europe/Madrid"), "ñ".encode("cp1252").hex(), "猫".encode("shift_jis").hex())
"""
    assert python(prod, script) == "Europe/Madrid f1 944c"


def test_a_traceback_shows_its_source_lines(prod, python):
    """Those of the standard library and those of a dependency."""
    script = """
import json, traceback, werkzeug.routing
for fails in (lambda: json.loads("{"), lambda: werkzeug.routing.Rule("no slash")):
    try:
        fails()
    except ValueError:
        print(traceback.format_exc())
"""
    said = python(prod, script)
    assert "obj, end = self.raw_decode" in said
    assert 'raise ValueError(f"URL rule' in said


def test_it_holds_no_compiler_installer_header_or_static_library(prod, python):
    """Neither as a file nor in the zip of all that is pure Python."""
    script = """
import json, sys, zipfile
held = [name for entry in sys.path if zipfile.is_zipfile(entry) for name in zipfile.ZipFile(entry).namelist()]
print(json.dumps(held))
"""
    zipped = json.loads(python(prod, script))
    assert len(zipped) > 1000
    held = [*image.read(prod).files, *zipped]
    assert [path for path in held if UNWANTED.fullmatch(path)] == []


def test_its_health_check_imports_no_flask(prod):
    """It is started every few seconds, and four times a second while the server itself is starting."""
    command = image.read(prod).config["Healthcheck"]["Test"][1:]
    with container.started(prod, entrypoint=command, environment={"PYTHONPROFILEIMPORTTIME": "1"}) as running:
        assert running.wait() == 1, "nothing listens, and it does not say so"
        imported = set(re.findall(r"\| +([\w.]+)$", running.logs(), re.MULTILINE))
    assert "http.client" in imported
    assert not imported & {"flask", "gunicorn", "psycopg", "werkzeug"}
