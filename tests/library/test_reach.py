"""What the user that a container runs as may read and write, in folders and images made here."""

import pytest

from plimsoll.expectations import Expectations
from plimsoll.facts.build.asked import Search
from plimsoll.facts.text import writing
from plimsoll.rules.image import starting
from plimsoll.subject import Variant

PYTHON = 'with open("count.txt", "a") as count:\n    count.write("x")\n'
USERS = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"


@pytest.fixture
def misfits(made, tmp_path):
    """What is found in an image of these entries, whose program is this text."""

    def misfits(text, *entries, user="1000:1000", name="server.py", **config):
        (tmp_path / name).write_text(text)
        (tmp_path / "Dockerfile").write_text("FROM scratch\n")
        given = [
            (path, {"kind": "directory", **attributes}) for path, attributes in entries if not path.endswith(".py")
        ]
        given += [(path, attributes) for path, attributes in entries if path.endswith(".py")]
        image = made.imagined(
            "usr/local/bin/python",
            (f"srv/{name}", {"size": len(text), "mode": 0o644}),
            *given,
            config={"User": user, "WorkingDir": "/srv", "Cmd": ["python", name], **config},
            texts={"etc/passwd": USERS},
        )
        found = starting.user_fits_its_home_and_files(made.subject(), image, Search(image, tmp_path))
        return [(each.place, each.found) for each in found]

    return misfits


def test_what_the_program_writes_where_its_user_may_not_is_found(misfits):
    ((place, found),) = misfits(PYTHON, ("srv", {}))
    assert place == "/srv/count.txt"
    assert "server.py:1 writes it, and user 1000 may not: /srv has mode 755 and belongs to 0:0" in found


@pytest.mark.parametrize(
    "folder",
    [{"uid": 1000}, {"gid": 1000, "mode": 0o775}, {"mode": 0o1777}],
)
def test_a_folder_that_is_the_users_may_be_written_to(misfits, folder):
    assert misfits(PYTHON, ("srv", folder)) == []


def test_root_may_write_anywhere_and_who_only_reads_need_not(misfits):
    assert misfits(PYTHON, ("srv", {}), user="") == []
    assert misfits('print(open("server.py").read())\n', ("srv", {})) == []


def test_a_folder_in_between_may_be_the_users(misfits):
    text = PYTHON.replace("count.txt", "data/count.txt")
    assert misfits(text, ("srv", {}), ("srv/data", {"uid": 1000})) == []
    assert misfits(text, ("srv", {}), ("srv/data", {})) != []


def test_a_folder_without_x_keeps_all_out_and_is_told_once(misfits):
    ((place, found),) = misfits("import lib.a\n", ("srv/lib", {"mode": 0o644}), ("srv/lib/a.py", {}))
    assert (place, found) == ("/srv/lib", "user 1000 may open nothing in it: it has mode 644, without x")


def test_a_script_that_its_user_may_not_read_is_found(made):
    hidden = ("srv/server.js", {"mode": 0o600})
    config = {"User": "1000", "WorkingDir": "/srv", "Cmd": ["node", "server.js"]}
    image = made.imagined("usr/local/bin/node", hidden, config=config)
    (found,) = starting.user_fits_its_home_and_files(made.subject(), image, Search(image, None))
    assert (found.place, "user 1000 may not read it" in found.found) == ("/srv/server.js", True)


def test_what_a_mount_makes_writable_is_nobodys_fault(made, tmp_path):
    text = 'open("/var/lib/shop/state", "w")\n'
    (tmp_path / "app.py").write_text(text)
    image = made.imagined(
        "usr/local/bin/python",
        ("srv/app.py", {"size": len(text), "mode": 0o644}),
        config={"User": "1000", "WorkingDir": "/srv", "Cmd": ["python", "app.py"]},
        texts={"etc/passwd": USERS},
    )
    judge = starting.user_fits_its_home_and_files
    (found,) = judge(made.subject(), image, Search(image, tmp_path))
    assert found.place == "/var/lib/shop/state"
    assert judge(made.subject(writable=["/var/lib/shop"]), image, Search(image, tmp_path)) == []
    assert judge(made.subject(writable=["/var/lib/sho"]), image, Search(image, tmp_path)) == [found]


@pytest.mark.parametrize("home", [(), ("home/app", {"kind": "directory"})])
def test_a_home_that_is_not_there_or_is_roots_is_nobodys_fault(made, home):
    image = made.imagined(
        "app",
        "etc/passwd",
        *([home] if home else []),
        config={"User": "app", "Cmd": ["/app"]},
        texts={"etc/passwd": USERS},
    )
    assert starting.user_fits_its_home_and_files(made.subject(), image, Search(image, None)) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("open('a.txt', 'w')", "a.txt"),
        ("open(os.path.join('d', 'a.txt'), mode='ab')", "d/a.txt"),
        ("FILE = 'a.txt'\nwith open(FILE, 'a') as f:", "a.txt"),
        ("FILE: str = 'a.txt'\nopen(FILE, 'a')", "a.txt"),
        ("DATA = Path('data')\nDATA.mkdir(exist_ok=True)", "data"),
        ("Path('a.txt').write_text('x')", "a.txt"),
        ("with Path('a.txt').open('a') as f:", "a.txt"),
        ("logging.FileHandler('app.log')", "app.log"),
        ("sqlite3.connect('app.db')", "app.db"),
        ("URI = 'sqlite:///app.db'", "app.db"),
        ("os.makedirs('up/loads', exist_ok=True)", "up/loads"),
        ("open(f'data/{name}', 'w')", "data/x"),
        ("open(os.environ.get('DATA', 'a.txt'), 'w')", "a.txt"),
        ("open(os.getenv('GIVEN', 'a.txt'), 'w')", "/given"),
        ("fs.writeFileSync('a.txt', x)", "a.txt"),
        ("fs.appendFile(`a.txt`, x, done)", "a.txt"),
        ("const file = path.join(__dirname, 'd', 'a.txt');\nfs.writeFileSync(file, x)", "d/a.txt"),
        ("const f = process.env.GONE || './a.txt';\nawait appendFile(f, x)", "a.txt"),
        ("const up = multer({ dest: 'uploads/' })", "uploads"),
        ("fs.mkdirSync('d', { recursive: true })", "d"),
        ("new Database('a.db')", "a.db"),
    ],
)
def test_a_text_says_where_it_writes(text, path):
    assert [each.path for each in writing.files(text, {"GIVEN": "/given"})] == [path]


@pytest.mark.parametrize(
    "text",
    [
        "open('a.txt')",
        "open('a.txt', 'r')",
        "open('/tmp/a', 'w')",
        "# open('a.txt', 'w')",
        "sqlite3.connect(':memory:')",
        "open(name, 'w')",
        "fs.readFileSync('a.txt')",
        "open('/dev/stdout', 'w')",
        "const x = { dest }",
    ],
)
def test_what_is_read_or_goes_elsewhere_is_not_written(text):
    assert list(writing.files(text, {})) == []


@pytest.mark.parametrize(
    ("text", "layers", "lines"),
    [
        ("USER 1000\nWORKDIR /srv\nCOPY . .", ["WORKDIR /srv", "COPY"], [3]),
        ("USER app\nWORKDIR /srv\nCOPY . .", ["WORKDIR /srv", "COPY"], [3]),
        ("WORKDIR /srv\nCOPY . .", ["WORKDIR /srv", "COPY"], [2]),
        ("WORKDIR /srv\nUSER 1000\nCOPY . .", ["WORKDIR /srv", "COPY"], []),
        ("USER 0\nWORKDIR /srv\nCOPY . .", ["WORKDIR /srv", "COPY"], []),
        ("RUN install -d -o 1000 /srv\nUSER 1000\nWORKDIR /srv", ["RUN install", "COPY"], []),
        ("USER 1000\nWORKDIR /srv\nUSER 0\nRUN chown 1000 /srv\nUSER 1000", ["WORKDIR /srv", "RUN chown"], []),
    ],
)
def test_a_workdir_below_a_user_is_told_where_the_program_writes(made, tmp_path, text, layers, lines):
    (tmp_path / "Dockerfile").write_text(f"FROM a\n{text}\n")
    (tmp_path / "server.py").write_text(PYTHON)
    program = ("srv/server.py", PYTHON.encode())
    image = made.facts(
        made.tar(("srv", "directory", {"uid": 1000})),
        made.tar(program),
        config={"User": "1000", "WorkingDir": "/srv", "Cmd": ["python", "server.py"]},
        history=[{"created_by": each} for each in layers],
    )
    subject = Variant("a", "a", "a", folder=tmp_path, file=tmp_path / "Dockerfile", expectations=Expectations())
    found = starting.working_directory_is_its_users_with_any_builder(subject, image, Search(image, tmp_path))
    assert [int(each.place.rpartition(":")[2]) for each in found] == lines
