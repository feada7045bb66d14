"""The rules of plimsoll/rules/ on the images and compose files of this repository."""


def test_rule(rule, subject, keeps):
    keeps(rule, subject)
