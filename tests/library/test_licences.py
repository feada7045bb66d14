"""Licence expressions are told as SPDX's list and grammar have them, as Python's `packaging` reads both."""

import pytest
from packaging.licenses import InvalidLicenseExpression, _spdx, canonicalize_license_expression

from plimsoll.parsing import licences

NAMES = ["MIT", "mit", "Apache-2.0", "GPL-2.0+", "LicenseRef-Ours", "LicenseRef-", "Bison-exception-2.2", "No-such-1.0"]
WORDS = [*NAMES, "AND", "OR", "WITH", "(", ")"]


def test_its_names_are_those_of_the_list():
    assert licences.names() == (frozenset(_spdx.LICENSES), frozenset(_spdx.EXCEPTIONS))


def agrees(text):
    try:
        canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return not licences.is_expression(text)
    return licences.is_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "MIT", "Apache-2.0 OR MIT", "MIT and (Apache-2.0 or BSD-2-Clause)", "(MIT", "MIT)", "()", "MIT MIT"],
        *["GPL-2.0-only WITH Bison-exception-2.2", "(MIT) WITH Bison-exception-2.2", "MIT WITH MIT", "MIT WITH"],
        *["Apache 2.0", "MIT, BSD", "MIT OR", "OR MIT", "LicenseRef-a b", "LicenseRef-ours+", "((MIT))", "MIT(MIT)"],
        "see LICENSE",
    ],
)
def test_it_agrees_on_what_people_write(text):
    assert agrees(text), text


def test_it_agrees_on_any_words(chance):
    texts = {" ".join(chance.choices(WORDS, k=chance.randint(1, 6))) for _ in range(5000)}
    told = {text: agrees(text) for text in texts}
    assert [text for text, same in told.items() if not same] == []
    assert any(map(licences.is_expression, texts))


def test_any_depth_of_brackets_is_read():
    assert licences.is_expression("(" * 10**5 + "MIT" + ")" * 10**5)
