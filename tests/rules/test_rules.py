"""The rules of plimsoll/rules/ on the images and compose files of this repository."""

import pytest


def test_rule(rule, subject, judge):
    result = judge(rule, subject)
    if result.findings or result.failed:
        judge.forget()
    if result.findings:
        said = [str(finding) for finding in result.findings]
        pytest.fail("\n".join([*said, f"why: {rule.why}", f"rule: {rule.place}"]), pytrace=False)
    if result.failed:
        pytest.fail(f"not judged: {result.unjudged}", pytrace=False)
    if result.unjudged or result.left_out:
        pytest.skip(result.unjudged or result.left_out)
    if result.waived:
        pytest.xfail(f"waived: {result.waived}")
    for each in result.standing:
        if not (each.shared or each.file):
            # So that none outlives its reason. What other images may need is none of this one's.
            why = f"{subject} keeps {rule}, which it need not: {each.waiver.reason}: remove the waiver"
            pytest.fail(why, pytrace=False)
