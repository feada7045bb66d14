"""The kinds of tokens that can be told by how they look: what each begins with, of which letters it is, how many.

These facts are from gitleaks' catalogue, `config/gitleaks.toml` in the repository gitleaks/gitleaks; those of Google's
client secrets, Docker's tokens and Azure's storage keys from what their issuers document. Left out is what is meant to
be published (FLWPUBK, test_pub, pubkey, pk), what is an identifier alone (SumoLogic's `su`), and what has no letters of
its own by which it could be told (MessageBird's, Heroku's old keys).
"""

from __future__ import annotations

import string
from typing import NamedTuple

DIGITS = string.digits
LOWER = string.ascii_lowercase + DIGITS
UPPER = string.ascii_uppercase + DIGITS
ALL = string.ascii_letters + DIGITS
HEX = DIGITS + "abcdef"
ANY_HEX = string.hexdigits
BASE32 = string.ascii_uppercase + "234567"
BECH32 = "023456789ACDEFGHJKLMNPQRSTUVWXYZ"
BASE64 = ALL + "+/"
WORD = ALL + "_"
URL = WORD + "-"
"""Letters that need no escape in an address."""

MUCH = 4096
"""Letters that no token has more of."""


class Run(NamedTuple):
    """Letters in any order.

    Attributes:
        letters: those that there can be.
        least: how many there are at least.
        most: how many there are at most, as many as `least` where nothing is said.

    """

    letters: str
    least: int
    most: int = 0

    @property
    def longest(self) -> int:
        """How many letters there are at most."""
        return self.most or self.least


class Kind(NamedTuple):
    """One kind.

    Attributes:
        what: what it is called.
        parts: what it is made of, in order: words of which one stands there, or letters in any order.
        near: the name of who issues it, in lower case, which has to stand shortly before; empty where it tells itself.

    """

    what: str
    parts: tuple[tuple[str, ...] | Run, ...]
    near: str = ""


def _kind(what: str, *parts: str | tuple[str, ...] | Run, near: str = "") -> Kind:
    return Kind(what, tuple((part,) if isinstance(part, str) else part for part in parts), near)


_UUID = (Run(HEX, 8), "-", Run(HEX, 4), "-", Run(HEX, 4), "-", Run(HEX, 4), "-", Run(HEX, 12))
_PADDING = Run("=", 0, 3)

KINDS = (
    _kind("a 1Password key", "A3-", Run(UPPER, 6), "-", Run(UPPER, 11), *("-", Run(UPPER, 5)) * 3),
    _kind("a 1Password key", "A3-", Run(UPPER, 6), "-", Run(UPPER, 6), *("-", Run(UPPER, 5)) * 4),
    _kind("a 1Password token", "ops_eyJ", Run(BASE64, 250, MUCH), _PADDING),
    _kind("an Adobe client secret", "p8e-", Run(ALL, 32)),
    _kind("an age key", "AGE-SECRET-KEY-1", Run(BECH32, 58)),
    _kind("an Alibaba access key", "LTAI", Run(ALL, 20)),
    _kind("an Anthropic key", ("sk-ant-api03-", "sk-ant-admin01-"), Run(URL, 93), "AA"),
    _kind("an Artifactory key", "AKCp", Run(ALL, 69)),
    _kind("an Artifactory token", "cmVmd", Run(ALL, 59)),
    _kind("an Atlassian token", "ATATT3", Run(URL + "=", 186)),
    _kind(
        "an Authress key",
        ("sc_", "ext_", "scauth_", "authress_"),
        *(Run(ALL, 5, 30), ".", Run(ALL, 4, 6), (".acc_", ".acc-"), Run(ALL + "-", 10, 32), "."),
        Run(URL + "+/=", 30, 120),
    ),
    _kind("an AWS access key", ("AKIA", "ASIA", "ABIA", "ACCA"), Run(BASE32, 16)),
    _kind("an AWS access key", "A3T", Run(UPPER, 1), Run(BASE32, 16)),
    _kind("an Azure client secret", Run(WORD + "~.", 3), Run(DIGITS, 1), "Q~", Run(URL + "~.", 31, 34)),
    _kind("an Azure storage key", "AccountKey=", Run(BASE64, 86), "=="),
    _kind("a Beamer token", "b_", Run(URL + "=", 44), near="beamer"),
    _kind("a ClickHouse key", "4b1d", Run(ALL, 38)),
    _kind("a Clojars token", ("CLOJARS_", "clojars_"), Run(ALL, 60)),
    _kind("a Cloudflare origin key", "v1.0-", Run(HEX, 24), "-", Run(HEX, 146)),
    _kind("a Databricks token", "dapi", Run(HEX, 32)),
    _kind("a Databricks token", "dapi", Run(HEX, 32), "-", Run(DIGITS, 1)),
    _kind("a Defined Networking token", "dnkey-", Run(URL + "=", 26), "-", Run(URL + "=", 52)),
    _kind("a DigitalOcean token", ("dop_v1_", "doo_v1_", "dor_v1_"), Run(HEX, 64)),
    _kind("a Docker Hub token", ("dckr_pat_", "dckr_oat_"), Run(URL, 27, MUCH)),
    _kind("a Doppler token", "dp.pt.", Run(ALL, 43)),
    _kind("a Dropbox token", "sl.", Run(URL + "=", 135)),
    _kind("a Duffel token", ("duffel_test_", "duffel_live_"), Run(URL + "=", 43)),
    _kind("a Dynatrace token", "dt0c01.", Run(ALL, 24), ".", Run(ALL, 64)),
    _kind("an EasyPost token", ("EZAK", "EZTK"), Run(ALL, 54)),
    _kind("a Facebook token", ("EAAM", "EAAC"), Run(ALL, 100, MUCH)),
    _kind("a Flutterwave key", "FLWSECK_TEST-", Run("abcdefghABCDEFGH" + DIGITS, 12)),
    _kind("a Flutterwave key", "FLWSECK_TEST-", Run("abcdefghABCDEFGH" + DIGITS, 32), "-X"),
    _kind("a Fly.io token", "fo1_", Run(URL, 43)),
    _kind("a Fly.io token", ("fm1a_", "fm1r_", "fm2_"), Run(BASE64, 100, MUCH), _PADDING),
    _kind("a Frame.io token", "fio-u-", Run(URL + "=", 64)),
    _kind("a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), Run(ALL, 36, MUCH)),
    _kind("a GitHub token", "github_pat_", Run(WORD, 36, MUCH)),
    _kind("a GitLab token", ("gldt-", "glffct-", "glft-", "glpat-", "glrt-", "glsoat-"), Run(URL, 20, MUCH)),
    _kind("a GitLab token", "glagent-", Run(URL, 50)),
    _kind("a GitLab token", "glcbt-", Run(ALL, 1, 5), "_", Run(URL, 20)),
    _kind("a GitLab token", "glimt-", Run(URL, 25)),
    _kind("a GitLab token", "gloas-", Run(URL, 64)),
    _kind("a GitLab token", "glptt-", Run(HEX, 40)),
    _kind("a GitLab token", "GR1348941", Run(URL, 20)),
    _kind("a GitLab session", "_gitlab_session=", Run(LOWER, 32)),
    _kind("a GoCardless token", "live_", Run(URL + "=", 40), near="gocardless"),
    _kind("a Google API key", "AIza", Run(URL, 35)),
    _kind("a Google client secret", "GOCSPX-", Run(URL, 28)),
    _kind("a Grafana key", "eyJrIjoi", Run(ALL, 70, 400), _PADDING),
    _kind("a Grafana token", "glc_", Run(BASE64, 32, 400), _PADDING),
    _kind("a Grafana token", "glsa_", Run(ALL, 32), "_", Run(ANY_HEX, 8)),
    _kind("a Harness token", ("pat.", "sat."), Run(URL, 22), ".", Run(ALL, 24), ".", Run(ALL, 20)),
    _kind("a Heroku key", "HRKU-AA", Run(URL, 58)),
    _kind("a Hugging Face token", ("hf_", "api_org_"), Run(ALL, 34)),
    _kind("an Infracost token", "ico-", Run(ALL, 32)),
    _kind("an Intra42 client secret", ("s-s4t2ud-", "s-s4t2af-"), Run(HEX, 64)),
    _kind("a JSON web token", "eyJ", Run(URL, 16, MUCH), ".eyJ", Run(URL, 16, MUCH), ".", Run(URL, 10, MUCH)),
    _kind("a Linear token", "lin_api_", Run(ALL, 40)),
    _kind("a Lob key", ("live_", "test_"), Run(HEX, 35)),
    _kind("a Mailgun key", "key-", Run(HEX, 32), near="mailgun"),
    _kind("a MaxMind key", Run(ALL, 6), "_", Run(ALL, 29), "_mmk"),
    _kind(
        "a Microsoft Teams address",
        *("https://", Run(LOWER, 1, 63), ".webhook.office.com/webhookb2/", *_UUID, "@", *_UUID),
        *("/IncomingWebhook/", Run(LOWER, 32), "/", *_UUID),
    ),
    _kind("a New Relic key", "NRAK-", Run(ALL, 27)),
    _kind("a New Relic key", "NRII-", Run(ALL + "-", 32)),
    _kind("a New Relic key", "NRJS-", Run(HEX, 19)),
    _kind("a Notion token", "ntn_", Run(DIGITS, 11), Run(ALL, 35)),
    _kind("an npm token", "npm_", Run(ALL, 36)),
    _kind("an Octopus Deploy key", "API-", Run(UPPER, 26)),
    _kind("an Okta token", "00", Run(URL + "=", 40), near="okta"),
    _kind(
        "an OpenAI key",
        ("sk-proj-", "sk-svcacct-", "sk-admin-"),
        *(Run(URL, 58, 74), "T3BlbkFJ", Run(URL, 58, 74)),
    ),
    _kind("an OpenAI key", "sk-", Run(ALL, 20), "T3BlbkFJ", Run(ALL, 20)),
    _kind("an OpenShift token", "sha256~", Run(URL, 43)),
    _kind("a Perplexity key", "pplx-", Run(ALL, 48)),
    _kind("a Plaid token", ("access-sandbox-", "access-development-", "access-production-"), *_UUID),
    _kind("a PlanetScale token", ("pscale_tkn_", "pscale_oauth_", "pscale_pw_"), Run(URL + "=.", 32, 64)),
    _kind("a Postman key", "PMAK-", Run(ANY_HEX, 24), "-", Run(ANY_HEX, 34)),
    _kind("a Prefect token", "pnu_", Run(ALL, 36)),
    _kind("a Pulumi token", "pul-", Run(HEX, 40)),
    _kind("a PyPI token", "pypi-AgE", Run(URL, 50, MUCH)),
    _kind("a ReadMe token", "rdme_", Run(LOWER, 70)),
    _kind("a RubyGems token", "rubygems_", Run(HEX, 48)),
    _kind("a Scalingo token", "tk-us-", Run(URL, 48)),
    _kind("a SendGrid token", "SG.", Run(URL + "=.", 66)),
    _kind("a Sendinblue token", "xkeysib-", Run(HEX, 64), "-", Run(ALL, 16)),
    _kind("a Sentry token", "sntrys_eyJ", Run(BASE64, 40, MUCH), _PADDING, "_", Run(BASE64, 43)),
    _kind("a Sentry token", "sntryu_", Run(HEX, 64)),
    _kind("a SettleMint token", ("sm_aat_", "sm_pat_", "sm_sat_"), Run(ALL, 16)),
    _kind("a Shippo token", ("shippo_live_", "shippo_test_"), Run(ANY_HEX, 40)),
    _kind("a Shopify token", ("shpat_", "shpca_", "shppa_", "shpss_"), Run(ANY_HEX, 32)),
    _kind("a Slack address", "hooks.slack.com/", ("services/", "triggers/", "workflows/"), Run(BASE64, 43, 56)),
    _kind("a Slack token", ("xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"), Run(ALL + "-", 15, MUCH)),
    _kind(
        "a Slack token",
        *("xapp-", Run(DIGITS, 1), "-", Run(UPPER, 8, 32), "-", Run(DIGITS, 8, 32), "-", Run(ALL, 20, MUCH)),
    ),
    _kind("a Sourcegraph token", "sgp_", Run(ANY_HEX, 40)),
    _kind("a Sourcegraph token", "sgp_", Run(ANY_HEX, 16), "_", Run(ANY_HEX, 40)),
    _kind("a Sourcegraph token", "sgp_local_", Run(ANY_HEX, 40)),
    _kind("a Square token", "EAAA", Run(URL, 22, 60), near="square"),
    _kind("a Square token", "sq0atp-", Run(URL, 22, 60)),
    _kind("a Stripe key", ("sk_", "rk_"), ("live_", "prod_", "test_"), Run(ALL, 12, 128)),
    _kind("a Telegram token", ("", "bot"), Run(DIGITS, 5, 16), ":A", Run(URL, 34)),
    _kind("a Terraform token", Run(ALL, 14), ".atlasv1.", Run(URL + "=", 60, 70)),
    _kind("a Twilio key", "SK", Run(ANY_HEX, 32)),
    _kind("a Twitter token", "A" * 22, Run(ALL + "%", 80, 100), near="twitter"),
    _kind("a Typeform token", "tfp_", Run(URL + "=.", 59)),
    _kind("a Vault token", "hvb.", Run(URL, 138, 300)),
    _kind("a Vault token", "hvs.", Run(URL, 90, 120)),
    _kind("a Vault token", "s.", Run(ALL, 24), near="vault"),
    _kind("a Yandex key", "AQVN", Run(URL, 35, 38)),
    _kind("a Yandex key", "YC", Run(URL, 38), near="yandex"),
    _kind("a Yandex token", "t1.", Run(URL, 20, MUCH), Run("=", 0, 2), ".", Run(URL, 86), Run("=", 0, 2)),
)  # fmt: skip
"""All of them, in the order of their issuers."""
