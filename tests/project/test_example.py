"""What the README shows of a naive app's verdict is what the command says of one."""

import re
import subprocess
import sys

from workshop.root import ROOT

DOCKERFILE = """\
FROM python:3.13-slim-trixie
ADD . /app
RUN pip install flask
EXPOSE 5000
CMD ["python", "/app/app.py"]
"""
"""Five lines, the way many begin."""

APP = 'from flask import Flask\n\napp = Flask(__name__)\napp.run("0.0.0.0", 5000)\n'


def test_each_line_of_it_is_said_in_this_order(tmp_path):
    (tmp_path / "my-app").mkdir()
    (tmp_path / "my-app/Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "my-app/app.py").write_text(APP)
    command = [sys.executable, "-m", "plimsoll", "check", "my-app", "--depth=image", "--quiet"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    readme = (ROOT / "README.md").read_text()
    example = re.search(r"^\$ make check DIR=my-app ARGS=--depth=image\n(.+?)^```", readme, re.MULTILINE | re.DOTALL)
    shown = [line for line in example[1].splitlines() if line != "..."]
    assert len(shown) > 4
    rest = iter(done.stdout.splitlines())
    missing = [line for line in shown if not any(_begins(said, line) for said in rest)]
    assert missing == [], done.stdout


def _begins(said, shown):
    """Whether a line is what is shown of it: all but what three dots stand for."""
    return re.fullmatch(".*".join(map(re.escape, shown.split("..."))), said) is not None
