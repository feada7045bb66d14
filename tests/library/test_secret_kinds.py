"""Each kind of token that can be told by how it looks, searched for in every place where one can be.

They are put together here from the facts about them: none is written down.
"""

import base64
import itertools

import pytest

from plimsoll.composition import Composition
from plimsoll.facts.image import disclosures, secrets
from plimsoll.facts.secrets import tokens
from plimsoll.facts.secrets.kinds import ALL, KINDS, Run
from plimsoll.facts.text import arguments
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.rules.compose import secrets as compose

BEGINNINGS = """
A3- A3T ABIA ACCA AGE-SECRET-KEY-1 AIza AKCp AKIA API- AQVN ASIA ATATT3 AccountKey= CLOJARS_ EAAA EAAC EAAM EZAK EZTK
FLWSECK_TEST- GOCSPX- GR1348941 HRKU-AA LTAI NRAK- NRII- NRJS- PMAK- SG. SK _gitlab_session= access-production- api_org_
authress_ cmVmd dapi dckr_oat_ dckr_pat_ dnkey- doo_v1_ dop_v1_ dor_v1_ dp.pt. dt0c01. duffel_live_ duffel_test_ eyJ
eyJrIjoi fio-u- fm1a_ fm1r_ fm2_ fo1_ gho_ ghp_ ghr_ ghs_ ghu_ github_pat_ glagent- glc_ glcbt- gldt- glffct- glft-
glimt- gloas- glpat- glptt- glrt- glsa_ glsoat- hf_ hooks.slack.com/services/ hvb. hvs. ico- key- lin_api_ live_ npm_
ntn_ ops_eyJ p8e- pat. pnu_ pplx- pscale_oauth_ pscale_pw_ pscale_tkn_ pul- pypi-AgE rdme_ rk_live_ rk_prod_ rk_test_
rubygems_ s-s4t2af- s-s4t2ud- s. sat. sc_ sgp_ sha256~ shippo_live_ shippo_test_ shpat_ shpca_ shppa_ shpss_ sk-
sk-admin- sk-ant-admin01- sk-ant-api03- sk-proj- sk-svcacct- sk_live_ sk_prod_ sk_test_ sl. sm_aat_ sm_pat_ sm_sat_
sntrys_eyJ sntryu_ sq0atp- t1. test_ tfp_ tk-us- v1.0- xapp- xkeysib- xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs-
""".split()  # noqa: SIM905 - as a list it would be three times as long
"""What gitleaks' catalogue says that tokens begin with."""


def _forms():
    """Every kind with every choice of its words."""
    for kind in KINDS:
        for words in itertools.product(*(part for part in kind.parts if not isinstance(part, Run))):
            yield pytest.param(kind, words, id=f"{kind.what}-{'-'.join(words)}")


def _made(chance, kind, words=None, short=-1):
    """A token as its issuer makes it, or with one letter too few in one part."""
    left = list(words or (part[0] for part in kind.parts if not isinstance(part, Run)))
    return "".join(
        "".join(chance.choices(part.letters, k=part.least - (index == short))) if isinstance(part, Run) else left.pop(0)
        for index, part in enumerate(kind.parts)
    )


def _said(kind, token):
    """A line that a program could have written."""
    return f"{kind.near}: '{token}'\n"


def _kinds(text):
    return [each.what for each in secrets.in_file("app/settings", tokens.Words(text.encode()))]


FORMS = list(_forms())


def test_every_beginning_is_one_of_a_kind_that_is_looked_for():
    begun = {begin.decode() for token in tokens.every() for begin in token.begins}
    assert [each for each in BEGINNINGS if each not in begun] == []


@pytest.mark.parametrize(("kind", "words"), FORMS)
def test_a_token_is_found_in_a_file_and_not_shown(chance, kind, words):
    token = _made(chance, kind, words)
    (found,) = secrets.in_file("app/settings", tokens.Words(_said(kind, token).encode()))
    assert found.what == kind.what
    assert token not in found.shown


@pytest.mark.parametrize(("kind", "words"), FORMS)
def test_a_token_with_a_letter_too_few_is_none(chance, kind, words):
    for short, part in enumerate(kind.parts):
        if isinstance(part, Run) and part.least:
            assert kind.what not in _kinds(_said(kind, _made(chance, kind, words, short))), part


@pytest.mark.parametrize(("kind", "words"), FORMS)
def test_a_piece_of_a_longer_word_is_none(chance, kind, words):
    token = _made(chance, kind, words)
    assert kind.what not in _kinds(_said(kind, f"x{token}"))
    last = next(part for part in reversed(kind.parts) if not isinstance(part, Run) or part.least)
    if not isinstance(last, Run) or last.least == last.longest:
        assert kind.what not in _kinds(_said(kind, f"{token}x"))


@pytest.mark.parametrize(("kind", "words"), FORMS)
def test_a_token_is_found_in_base64(chance, kind, words):
    for before in range(3):
        text = "." * before + _said(kind, _made(chance, kind, words))
        assert _kinds(f"data: {base64.b64encode(text.encode()).decode()}\n") == [kind.what]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.near], ids=lambda kind: kind.what)
def test_a_token_that_its_letters_do_not_tell_needs_its_issuers_name(chance, kind):
    token = _made(chance, kind)
    assert _kinds(f"'{token}'") == []
    assert _kinds(f"{kind.near}{' ' * 200}'{token}'") == []
    assert _kinds(f"X_{kind.near.upper()}_KEY='{token}'") == [kind.what]


@pytest.mark.parametrize(("kind", "words"), FORMS)
def test_a_token_is_found_wherever_an_image_or_a_dockerfile_tells_one(made, chance, kind, words):
    token, name = _made(chance, kind, words), f"{kind.near or 'some'}_setting"
    line = f"RUN /bin/sh -c make {name} {token} # buildkit"
    places = {
        "environment": disclosures.in_environment(made.imagined(config={"Env": [f"{name}={token}"]})),
        "label": disclosures.in_history(made.imagined(config={"Labels": {name: token}})),
        "step": disclosures.in_history(made.imagined(history=[{"created_by": line}])),
        "argument of a step": disclosures.in_history(
            made.imagined(history=[{"created_by": f"RUN |1 {name}={token} /bin/sh -c make"}])
        ),
        **{
            keyword: list(arguments.secrets(Dockerfile(f'FROM a\n{keyword} {name}="{token}"\n')))
            for keyword in ("ARG", "ENV", "LABEL")
        },
    }
    assert [place for place, found in places.items() if kind.what not in str(found)] == []
    assert token not in str(places)


def test_a_token_is_found_in_the_environment_of_a_service(chance, tmp_path):
    given = {f"{kind.near}_setting{index}": _made(chance, kind) for index, kind in enumerate(KINDS)}
    file = tmp_path / "compose.yaml"
    lines = "".join(f"      {name}: '{token}'\n" for name, token in given.items())
    file.write_text(f"services:\n  app:\n    image: a:1\n    environment:\n{lines}")
    found = compose.secrets_are_not_in_the_environment(Composition(file, file.name))
    told = {each.found.rpartition(" ")[2]: each.found for each in found}
    assert [name for name in given if name not in told] == []
    assert all(kind.what in told[name] for kind, name in zip(KINDS, given, strict=True))
    assert not any(token in "".join(told.values()) for token in given.values())


def test_words_that_are_long_are_not_taken_for_tokens(chance):
    words = " ".join("".join(chance.choices(ALL + "_-", k=chance.randint(20, 80))) for _ in range(20_000))
    assert _kinds(words) == []
