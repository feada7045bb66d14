"""What docs/how-it-judges.md names is there, and its figures are the judge's own."""

import ast
import re

import pytest

from plimsoll import cli
from plimsoll.commands.rules import markdown
from plimsoll.facts.registry import FACTS, SUBJECTS, Depth
from plimsoll.rule import Level, every_rule, rule_named
from workshop import configured, judging
from workshop.root import ROOT

PAGE = judging.PAGE
TEXT = PAGE.read_text()
RULES = every_rule().values()
GROUPS = {each.group for each in RULES}


@pytest.mark.parametrize(
    "page", [PAGE, judging.CONTRIBUTING, judging.SECURITY, configured.PAGE], ids=lambda page: page.name
)
def test_what_is_made_in_it_is_current(page):
    text = page.read_text()
    assert judging.BLOCK.search(text)
    assert text == judging.current(text), f"{page.name} is old: run `make readme`"


def test_an_old_figure_is_seen_and_made_anew(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text("Of rules:\n\n<!-- groups:begin -->\n| all 3 |\n<!-- groups:end -->\n\nAnd more.\n")
    monkeypatch.setattr(judging, "PAGE", page)
    for other in ("CONTRIBUTING", "SECURITY"):
        monkeypatch.setattr(judging, other, page)
    monkeypatch.setattr(configured, "PAGE", page)
    monkeypatch.setattr(configured, "SCHEMA", tmp_path / "schema.json")
    assert judging.write()
    assert f"| all {len(RULES)} |" in page.read_text()
    assert page.read_text().startswith("Of rules:\n\n<!-- groups:begin -->\n| group |")
    assert page.read_text().endswith("<!-- groups:end -->\n\nAnd more.\n")
    assert judging.write() == []


def made(name):
    """What is made between two marks of the page."""
    (found,) = (each[0] for each in judging.BLOCK.finditer(TEXT) if each[2] == name)
    return found


def test_its_figures_add_up():
    depths = re.findall(r"\| (\d+) \|$", made("depths"), re.MULTILINE)
    assert len(depths) == len(Depth)
    assert sum(map(int, depths)) == len(RULES)
    *groups, total = re.findall(r"\| (\d+) \| (\d+) \| (\d+) \|$", made("groups"), re.MULTILINE)
    assert len(groups) == len(GROUPS)
    assert [sum(map(int, column)) for column in zip(*groups, strict=True)] == [*map(int, total)]
    assert sum(map(int, total)) == len(RULES)


def test_every_link_leads_somewhere_and_names_what_is_there():
    links = re.findall(r"\[([^\]]+)\]\((?!https?:|#)([^)#]+)\)", TEXT)
    assert len(links) > 20
    for words, target in links:
        path = PAGE.parent / target
        assert path.exists(), f"{PAGE.name} links to {target}"
        if name := re.fullmatch(r"`(\w+)`", words):
            named = GROUPS if path.is_relative_to(ROOT / "docs/../plimsoll/rules") else defined(path)
            assert name[1] in named, f"{target} has no {name[1]}"


def defined(path):
    """The names that a module defines."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
            found |= {each.name for each in ast.walk(node) if isinstance(each, ast.FunctionDef)}
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def test_its_picture_names_modules_and_functions():
    picture = re.search(r"```\n(.*?)```", TEXT, re.DOTALL)[1]
    named = [re.findall(r"[a-z_/]+(?:\.py|/)(?=\s|$)", line) for line in picture.splitlines()]
    assert sum(map(bool, named)) > 5
    for line, names in zip(picture.splitlines(), named, strict=True):
        files = [ROOT / "plimsoll" / name for name in names]
        assert all(file.exists() for file in files), line
        for function in re.findall(r"(\w+)\(\)", line):
            assert function in defined(files[0]), line


def test_every_name_in_its_text_is_one(capsys):
    text = re.sub(r"^```.*?^```", "", TEXT, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"\[`\w+`\]\([^)]*\)", "", text)
    names = re.findall(r"`([^`\n]+)`", text)
    assert len(names) > 20
    assert is_a_command("plimsoll check")
    options = set(re.findall(r"--[\w-]+", capsys.readouterr().out))
    known = {*FACTS, *SUBJECTS, *GROUPS, *options, *(level.value for level in Level)}
    # What people write for it to read.
    known |= {"plimsoll.toml", "x-plimsoll"}
    for name in names:
        assert name in known or is_a_command(name), f"{PAGE.name} names `{name}`, which there is not"


def is_a_command(name):
    program, _, rest = name.partition(" ")
    command, _, argument = rest.partition(" ")
    if program == "make":
        return bool(re.search(rf"^{command}:", (ROOT / "Makefile").read_text(), re.MULTILINE))
    if command == "explain":
        rule_named(argument)
    with pytest.raises(SystemExit) as ended:
        cli._parser().parse_args([command, "--help"])
    return program == "plimsoll" and ended.value.code == 0


def test_the_page_of_rules_is_current():
    assert judging.RULES.read_text() == markdown(RULES), "`make readme` writes it anew"
