"""What an ignore file took away although the program asks for it, in folders and images made here."""

import json
from types import SimpleNamespace

import pytest

from plimsoll.facts.build import asked, context, dropped, ignored
from plimsoll.subject import Variant

pytestmark = pytest.mark.engine

START = {"scripts": {"start": "NODE_ENV=production node ./bin/www --port 3000"}}


@pytest.fixture
def missed(made, tmp_path):
    """What is missed of a folder that was copied whole to /app, but for what its ignore file keeps out."""

    def missed(files, ignore, command, made_in_image=(), **config):
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(content)
        (tmp_path / ".dockerignore").write_text(ignore)
        patterns = ignored.patterns(ignore)
        sent = {path: len(text) for path, text in files.items() if not ignored.keeping_out(path, patterns)}
        entries = [(f"app/{path}", {"size": size}) for path, size in sent.items()]
        entries += ["usr/local/bin/node", "usr/local/bin/python", "bin/sh", *made_in_image]
        image = made.imagined(*entries, config={"WorkingDir": "/app", "Cmd": command, **config})
        given = SimpleNamespace(ignore=tmp_path / ".dockerignore", sent=SimpleNamespace(files=sent))
        return [(each.line, each.local) for each in dropped.of(image, asked.Search(image, tmp_path), given)]

    return missed


@pytest.mark.parametrize(
    ("files", "ignore", "command", "expected"),
    [
        # Of Node: the command, package.json's scripts and main, what is required from the script that is started.
        ({"bin/www": "1"}, "**/.git\n**/bin\n", ["node", "/app/bin/www"], (2, "bin/www")),
        ({"bin/www.js": "1"}, "bin", ["node", "bin/www"], (1, "bin/www.js")),
        ({"bin/www": "1", "package.json": json.dumps(START)}, "**/bin", ["npm", "start"], (1, "bin/www")),
        ({"bin/www": "1", "package.json": json.dumps(START)}, "*/www", ["npm", "run", "start"], (1, "bin/www")),
        ({"bin/www": "1", "package.json": json.dumps(START)}, "bin", ["sh", "-c", "yarn start"], (1, "bin/www")),
        ({"dist/x.js": "1", "package.json": '{"main": "dist/x.js"}'}, "dist", ["node", "."], (1, "dist/x.js")),
        ({"a.js": 'require("./lib/b");\n', "lib/b.js": "1"}, "lib", ["node", "a.js"], (1, "lib/b.js")),
        ({"a.js": 'const b = require("./b");\n', "b.json": "{}"}, "*\n!*.js", ["node", "a.js"], (1, "b.json")),
        ({"a.mjs": "import { b } from './b.mjs'\n", "b.mjs": "1"}, "b*", ["node", "a.mjs"], (1, "b.mjs")),
        (
            {"a.js": 'require("./b")\n', "b.js": 'x = require("../app/c")\n', "c.js": "1"},
            "c.*",
            ["node", "a"],
            (1, "c.js"),
        ),
        (
            {"a.js": 'app.use(express.static(path.join(__dirname, "public")))\n', "public/x": "1"},
            "public",
            ["node", "a.js"],
            (1, "public"),
        ),
        # Of Python.
        ({"a.py": "import b\n", "b.py": "1"}, "b.py", ["python", "a.py"], (1, "b.py")),
        ({"a.py": "from lib.b import c\n", "lib/b.py": "1"}, "**/lib", ["python", "-u", "a.py"], (1, "lib/b.py")),
        ({"web/__main__.py": "1"}, "web", ["python", "-m", "web"], (1, "web/__main__.py")),
        ({"web/wsgi.py": "1"}, "w*", ["gunicorn", "-b", "0.0.0.0:8000", "web.wsgi:app"], (1, "web/wsgi.py")),
        ({"src/main.py": "1"}, "*\n!x", ["uvicorn", "--app-dir", "src", "main:app"], (1, "src/main.py")),
        (
            {"a.py": "from . import b\n", "b.py": "1", "__init__.py": ""},
            "b.py",
            ["sh", "-c", "cd /app && exec python a.py"],
            (1, "b.py"),
        ),
        ({"a.py": 'x = open("b.json")\n', "b.json": "1"}, "*.json", ["python", "a.py"], (1, "b.json")),
        (
            {"a.py": 'render_template("i.html")\n', "templates/i.html": "1"},
            "templates",
            ["python", "a.py"],
            (1, "templates/i.html"),
        ),
        # Of scripts.
        ({"start.sh": "#!/bin/sh\nexec node a.js\n", "a.js": "1"}, "*.js", ["./start.sh"], (1, "a.js")),
        ({"start.sh": "#!/bin/sh\n"}, "*.sh", ["./start.sh"], (1, "start.sh")),
        ({"start.sh": "#!/bin/sh\n"}, "*.sh", ["sh", "/app/start.sh"], (1, "start.sh")),
        ({"app.jar": "1"}, "*.jar", ["java", "-jar", "/app/app.jar"], (1, "app.jar")),
    ],
)
def test_what_the_program_asks_for_is_missed(missed, files, ignore, command, expected):
    assert missed(files, ignore, command) == [expected]


@pytest.mark.parametrize(
    ("files", "ignore", "command"),
    [
        ({"bin/www": "1"}, "**/bin\n!bin/www\n", ["node", "bin/www"]),
        ({"bin/www": "1", "bin/obj": "1"}, "bin/obj", ["node", "bin/www"]),
        # Kept out and asked for by nobody.
        ({"a.js": "1", "test/a.js": "1", "README.md": "1"}, "test\n*.md", ["node", "a.js"]),
        ({"a.js": "try {\n  require('./b')\n} catch {}\n", "b.js": "1"}, "b.js", ["node", "a.js"]),
        ({"a.py": "try:\n    import b\nexcept ImportError:\n    b = None\n", "b.py": "1"}, "b.py", ["python", "a.py"]),
        ({"a.js": "// require('./b')\n", "b.js": "1"}, "b.js", ["node", "a.js"]),
        # Made once it runs, or nobody's file.
        ({"a.py": 'open("log/x.log", "a")\nopen("data/x.db")\n', "data/x.db": "1"}, "data", ["python", "a.py"]),
        ({"a.js": 'fs.writeFileSync("out.json", x)\n', "out.json": "1"}, "out.json", ["node", "a.js"]),
        ({"a.py": 'load_dotenv(".env")\nopen(".env")\n', ".env": "1"}, ".env", ["python", "a.py"]),
        ({"a.js": 'require("dotenv").config()\n', ".env": "1"}, ".env", ["node", "--env-file=.env", "a.js"]),
        ({"start.sh": "#!/bin/sh\n[ -f .env ] && . ./.env\nnode a\n", "a.js": "", ".env": ""}, ".env", ["./start.sh"]),
    ],
)  # fmt: skip
def test_what_comes_or_nobody_asks_for_is_not_missed(missed, files, ignore, command):
    assert missed(files, ignore, command) == []


@pytest.mark.parametrize("made_there", ["app/dist/a.js", "app/dist/a.js/index.js"])
def test_what_a_step_makes_is_not_missed(missed, made_there):
    assert missed({"dist/a.js": "an old one"}, "dist", ["node", "dist/a.js"], [made_there]) == []


def test_modules_of_packages_are_not_looked_for_in_the_folder(missed):
    files = {"a.js": 'require("express")\n', "node_modules/express/index.js": "1"}
    assert missed(files, "node_modules", ["node", "a.js"]) == []


def test_a_health_check_asks_too(missed):
    config = {"Healthcheck": {"Test": ["CMD", "node", "probe.js"]}}
    assert missed({"a.js": "1", "probe.js": "1"}, "probe*", ["node", "a.js"], **config) == [(1, "probe.js")]


@pytest.mark.parametrize(
    "ignore",
    [
        "*\n!a.py\n",
        "**/bin\n!src/bin/keep\n",
        "/doc/*.md\n",
        "src/**/x?\n",
        "# no\n\n *.py \n!src\n",
        "doc/\n!doc/[a-m]*\n",
    ],
)
def test_the_line_is_that_of_the_builder(tmp_path, ignore):
    paths = ["a.py", "bin/x", "src/bin/keep", "src/bin/x1", "src/x1", "src/deep/er/x2", "doc/a.md", "doc/z/b.md", "z"]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("1")
    (tmp_path / ".dockerignore").write_text(ignore)
    (tmp_path / "Dockerfile").write_text("FROM a\nCOPY . .\n")
    sent = context.measured(Variant("own", "own", "own", folder=tmp_path, file=tmp_path / "Dockerfile")).sent.files
    patterns = ignored.patterns(ignore)
    assert {path for path in paths if not ignored.keeping_out(path, patterns)} == set(sent) & set(paths)
