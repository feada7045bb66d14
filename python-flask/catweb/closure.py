"""The root file system of an image that holds Python, an app and nothing else.

    python closure.py ROOT --import MODULE [--import MODULE ...]

Run in the build, by the interpreter that the image shall have, with the app's packages installed. It lays out under
ROOT, at the same paths as here: the interpreter; the standard library and the installed packages, the pure ones as
one zip of sources; extension modules; every shared library that any of these asks for; certificates and time zones.

Left out is what no server needs at run time: test suites, IDLE, Tk, pip, headers, what drives a terminal (curses,
readline), the Berkeley DB behind dbm. The modules that the app loads (`--import`, and all that they import) are
byte-compiled, so that starting costs little; every source stays, so that a traceback shows its lines.
"""

import argparse
import importlib.util
import py_compile
import re
import shutil
import ssl
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

STDLIB = Path(sysconfig.get_path("stdlib"))
EXTENSIONS = STDLIB / "lib-dynload"
PACKAGES = Path(sysconfig.get_path("purelib"))

NO_RUN_TIME_NEED = re.compile(
    r"(test|idlelib|tkinter|_tkinter|turtle|turtledemo|ensurepip|venv|lib2to3|pydoc_data|pip"
    r"|config-.*|_test.*|_ctypes_test|_xx.*|xxlimited.*|site-packages|dist-packages|lib-dynload"
    r"|curses|_curses.*|readline|_dbm|_gdbm)"
    r"(\..*|-[\d.]+\.dist-info)?"
)
"""What is left out of the standard library and of the installed packages, by the first name on the path."""

READ_BEFORE_ZLIB = re.compile(r"encodings/(__init__|aliases|utf_8|latin_1|ascii)\.pyc?")
"""What the interpreter imports before it can inflate anything: stored in the zip as it is."""

ALSO_LOADED = ["libgcc_s.so.1"]
"""Libraries that no header asks for: glibc loads this one when a thread is ended."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--import", dest="modules", action="append", default=[], metavar="MODULE")
    options = parser.parse_args()
    root: Path = options.root.resolve()

    imported = imported_by(options.modules)
    interpreter(root)
    pure(root, imported)
    extensions(root, imported)
    libraries(root)
    data(root)


def needed(path: Path) -> bool:
    """Whether a program could need this at run time, by the names on its path."""
    return "__pycache__" not in path.parts and not NO_RUN_TIME_NEED.fullmatch(path.parts[0])


def imported_by(modules: list[str]) -> set[Path]:
    """The source files of all modules that are loaded once these are imported."""
    show = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "for module in list(sys.modules.values()):\n"
        "    file = getattr(module, '__file__', None) or getattr(module.__spec__, 'origin', None)\n"
        "    if file and file.endswith('.py'): print(file)\n"
    )
    done = subprocess.run([sys.executable, "-c", show, *modules], check=True, capture_output=True, text=True)
    return {Path(line).resolve() for line in done.stdout.splitlines()}


def copy(source: Path, root: Path) -> None:
    """Copy a file to the same path under the root; a link stays one only if it leads to its own folder."""
    target = root / source.relative_to("/")
    if target.is_symlink() or target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = source.is_symlink() and len(source.readlink().parts) == 1
    shutil.copy2(source, target, follow_symlinks=not beside)
    if beside:
        copy(source.parent / source.readlink(), root)


def interpreter(root: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for name in (version, "python3", "python"):
        copy(Path(sys.base_prefix, "bin", name), root)


def compiled(source: Path, seen_as: str) -> bytes:
    """A source's byte code, which is never checked against it: nothing in an image changes."""
    with tempfile.NamedTemporaryFile() as target:
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(source), target.name, seen_as, doraise=True, invalidation_mode=unchecked)
        return Path(target.name).read_bytes()


def pure(root: Path, imported: set[Path]) -> None:
    """Put all that is pure Python in the zip that Python looks for first; its landmark, os.py, stays a file."""
    archive = STDLIB.parent / f"python{sys.version_info.major}{sys.version_info.minor}.zip"
    copy(STDLIB / "os.py", root)
    with zipfile.ZipFile(root / archive.relative_to("/"), "w") as target:
        for folder in (STDLIB, PACKAGES):
            for source in sorted(folder.rglob("*")):
                path = source.relative_to(folder)
                if not needed(path) or has_extensions(folder / path.parts[0]):
                    continue
                if source.is_dir():
                    # A package without __init__.py is found by its folder.
                    add(target, f"{path}/", b"")
                    continue
                add(target, str(path), source.read_bytes())
                if source.resolve() in imported:
                    add(target, f"{path}c", compiled(source, f"{archive}/{path}"))


def has_extensions(package: Path) -> bool:
    """Whether a package holds shared objects, which can't be loaded from a zip."""
    return next(package.rglob("*.so*"), None) is not None


def add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    """Add a file without its time, so that the same content gives the same archive."""
    kind = zipfile.ZIP_STORED if READ_BEFORE_ZLIB.fullmatch(path) else zipfile.ZIP_DEFLATED
    archive.writestr(zipfile.ZipInfo(path), content, kind, compresslevel=9)


def extensions(root: Path, imported: set[Path]) -> None:
    """Copy what is not pure: the standard library's extension modules, and whole packages that hold any."""
    for source in sorted(EXTENSIONS.iterdir()):
        if needed(Path(source.name)):
            copy(source, root)
    for folder in map(Path, sys.path):
        # They say where packages are; Debian's Python needs one to find site-packages.
        for path_file in folder.glob("*.pth"):
            copy(path_file, root)
    for package in sorted(PACKAGES.iterdir()):
        for source in sorted(package.rglob("*")) if has_extensions(package) else []:
            if not source.is_file() or not needed(source.relative_to(PACKAGES)):
                continue
            copy(source, root)
            if source.resolve() in imported:
                cache = root / Path(importlib.util.cache_from_source(str(source))).relative_to("/")
                cache.parent.mkdir(exist_ok=True)
                cache.write_bytes(compiled(source, str(source)))


def libraries(root: Path) -> None:
    """Copy what any program or extension under the root asks for, as the dynamic loader itself resolves it."""
    known = subprocess.run(["/sbin/ldconfig", "-p"], check=True, capture_output=True, text=True).stdout
    for name, path in re.findall(r"^\s*(\S+) .* => (/\S+)$", known, re.MULTILINE):
        if name in ALSO_LOADED:
            copy(Path(path), root)
    for file in sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink()):
        with file.open("rb") as start:
            if start.read(4) != b"\x7fELF":
                continue
        here = Path("/", file.relative_to(root))
        told = subprocess.run(["ldd", str(here)], check=False, capture_output=True, text=True).stdout
        if "not found" in told:
            sys.exit(f"closure.py: {here} asks for a library that is not here:\n{told}")
        for path in re.findall(r"(?:=> |^\s*)(/\S+) \(0x", told, re.MULTILINE):
            copy(Path(path), root)


def data(root: Path) -> None:
    """Certificates where OpenSSL looks for them, time zones, and the few files that name a user."""
    paths = ssl.get_default_verify_paths()
    if Path(paths.openssl_cafile).exists():
        copy(Path(paths.openssl_cafile), root)
    else:
        bundle = Path("/etc/ssl/certs/ca-certificates.crt")
        copy(bundle, root)
        link = root / paths.openssl_cafile.lstrip("/")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(bundle)
    zones = Path("/usr/share/zoneinfo")
    shutil.copytree(zones, root / zones.relative_to("/"), symlinks=True)
    etc = root / "etc"
    etc.mkdir(exist_ok=True)
    (etc / "passwd").write_text("root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n")
    (etc / "group").write_text("root:x:0:\nnonroot:x:65532:\n")
    # What is written here, and is copied from nowhere, no list knows; whoever makes an SBOM reads it beside the root.
    root.with_name(f"{root.name}.d").write_text(f"{etc}/passwd {etc}/group: {Path(__file__).resolve()}\n")
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


if __name__ == "__main__":
    main()
