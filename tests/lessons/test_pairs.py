"""Each lesson's bad file breaks the rule of its name and no other, and its good file keeps them all."""

import pytest

from plimsoll import lessons, pairing
from plimsoll.facts.registry import Depth
from plimsoll.rule import every_rule
from plimsoll.subject import Variant
from workshop import baked, build, selection


def pytest_generate_tests(metafunc):
    if "subject" not in metafunc.fixturenames:
        return
    names = metafunc.config.getoption("--app")
    rules = every_rule()
    judged = [*map(build.with_outcome, selection.of_lessons(names)), *selection.taught_compositions(names)]
    judged += baked.variants(names)
    found = []
    for subject in judged:
        taught = rules[subject.lesson]
        # Building anew takes minutes: only those are built again that teach something about it.
        deep = [each for each in rules.values() if each.depth is not Depth.BUILD or taught.depth is Depth.BUILD]
        if isinstance(subject, Variant) and subject.is_only_read:
            deep = [each for each in deep if each.depth <= Depth.IMAGE]
        group = "builds of lessons" if taught.depth is Depth.BUILD else f"{lessons.APP}{subject.lesson}"
        name = f"{subject.lesson}-{subject.name}"
        found.append(pytest.param(subject, deep, id=name, marks=pytest.mark.xdist_group(group)))
    metafunc.parametrize(("subject", "rules"), found)


def test_breaks_what_it_teaches_and_nothing_else(subject, rules, judge):
    results = [judge(rule, subject) for rule, _ in pairing.pairs(rules, [subject])]
    expected = {subject.lesson} if subject.name == "bad" else set()
    broken = {result.rule.name for result in results if result.findings}
    said = [
        f"{each.rule}: {finding}" for each in results for finding in each.findings if each.rule.name not in expected
    ]
    said += [f"{each.rule} is not judged: {each.unjudged}" for each in results if each.failed]
    said += [f"{name} is kept by its own bad example" for name in expected - broken]
    if subject.name == "good" and not any(each.rule.name == subject.lesson and not each.unjudged for each in results):
        said.append(f"{subject.lesson} is not judged on its own good example")
    if said:
        judge.forget()
        pytest.fail("\n".join(said), pytrace=False)
