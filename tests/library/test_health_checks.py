"""What is read from a health check's text: that it can't fail, that it can't pass, and where neither is so."""

import pytest

from plimsoll.facts.text import healthcheck
from plimsoll.parsing.dockerfile import Dockerfile

CAN_NOT_FAIL = [
    "CMD curl http://localhost/",
    "CMD curl -s http://localhost/ || exit 1",
    'CMD ["curl", "-sS", "http://localhost/"]',
    "CMD curl -f http://localhost/ || true",
    "CMD curl -f http://localhost/; exit 0",
    "CMD curl -f http://localhost/ && echo 0 || echo 1",
    'CMD ["sh", "-c", "wget -qO- http://localhost/ || exit 0"]',
    "CMD curl -fs http://localhost/ | cat",
    "CMD curl -fs http://localhost/ | tee /tmp/last || exit 1",
    "CMD curl -fs http://localhost/ | jq .status",
    "CMD python /probe.py &> /dev/null || exit 1",
    "CMD wget -qO- http://localhost/ &>/dev/null",
    "CMD wget -qO- http://localhost/ &",
    "CMD ! curl -s http://localhost/ | grep -q error",
    "CMD ! wget -qO- http://localhost/ | grep -iq down || exit 1",
    "CMD curl -s http://localhost/ | grep -q error && exit 1 || exit 0",
    "CMD if curl -s http://localhost/ | grep -q error; then exit 1; fi",
    "CMD if curl -fs http://localhost/; then echo up; else echo down; fi",
    "CMD [ \"$(curl -s http://localhost/)\" != 'error' ] || exit 1",
    "CMD /probe || :",
    "CMD true",
    'CMD ["/bin/true"]',
    "CMD exit 0",
    "CMD curl -fsS http://localhost/ || echo unhealthy",
    "CMD (curl -fsS http://localhost/ || exit 1); exit 0",
]

CAN_NOT_PASS = [
    'CMD ["curl", "-f", "http://localhost/", "||", "exit", "1"]',
    'CMD ["curl", "-f", "http://localhost/", ">", "/dev/null"]',
    'CMD ["wget", "-qO-", "http://localhost/", "|", "grep", "ok"]',
    'CMD ["pg_isready", "-U", "shop", "||", "exit", "1"]',
    'CMD ["curl", "-f", "http://localhost/", "2>&1"]',
    'CMD ["curl -f http://localhost/"]',
    'CMD ["curl", "-f", "http://localhost:${PORT}/"]',
    'CMD ["CMD-SHELL", "curl -f http://localhost/"]',
    'CMD ["CMD", "curl", "-f", "http://localhost/"]',
    "CMD ['curl', '-f', 'http://localhost/']",
    'CMD ["sh", "-c", "curl", "-f", "http://localhost/"]',
    "CMD curl -f http://localhost/; exit 1",
    "CMD curl -f http://localhost/ | exit 1",
    "CMD curl -f http://localhost/ ; false",
    "CMD [[ -f /run/ready ]] || exit 1",
    "CMD echo > /dev/tcp/127.0.0.1/8080 || exit 1",
    "CMD (exec 3<>/dev/tcp/127.0.0.1/8080) || exit 1",
]

BOTH = [
    "CMD curl -f http://localhost/ || exit 1",
    "--interval=5s CMD curl -fsS http://localhost/",
    "CMD curl --fail http://localhost/",
    "CMD wget --spider -q http://localhost/ || exit 1",
    'CMD [ "$(curl -s http://localhost/)" = ok ] || exit 1',
    "CMD [ \"$(curl -so /dev/null -w '%{http_code}' http://localhost/)\" = 200 ]",
    "CMD curl -s http://localhost/ | grep -q ok",
    "CMD curl -s http://localhost/ | jq -e '.status == \"up\"' > /dev/null",
    'CMD ["/app", "healthcheck"]',
    'CMD ["probe"]',
    "CMD pg_isready -U postgres || (echo down; exit 1)",
    "CMD pg_isready -U postgres || { echo down; exit 1; }",
    "CMD pgrep -x app || exit 1",
    "CMD test -f /run/ready",
    "CMD test -f /run/ready && curl -fsS http://localhost/",
    "CMD nc -z 127.0.0.1 8080 || exit 1",
    "CMD redis-cli ping | grep -q PONG",
    "CMD curl -fsS http://localhost/ > /dev/null 2>&1 || exit 1",
    "CMD curl -fsS http://localhost/ && exit 0; exit 1",
    "CMD if curl -fsS http://localhost/; then exit 0; else exit 1; fi",
    "CMD for each in 1 2 3; do curl -fsS http://localhost/ && exit 0; sleep 1; done; exit 1",
    "CMD set -e; curl -fsS http://localhost/; echo up",
    'CMD ["bash", "-c", "set -o pipefail; curl -fs http://localhost/ | cat"]',
    'CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080"]',
    'CMD ["bash", "-c", "[[ -f /run/ready ]] || exit 1"]',
    'CMD ["bash", "-c", "curl -fs http://localhost/ &> /dev/null || exit 1"]',
    'CMD ["node", "-e", "fetch(`http://localhost:${process.env.PORT}/`).then(r => process.exit(r.ok ? 0 : 1))"]',
    'CMD ["python", "-c", "import urllib.request as r; r.urlopen(\'http://localhost:8080/\', timeout=2)"]',
    "CMD python -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/')\" || exit 1",
    'CMD ["/bin/sh", "-c", "curl -f http://localhost/ || exit 1"]',
    'CMD ["grep", "-q", "up", "/run/state"]',
    "CMD curl -s telnet://localhost:25 < /dev/null",
    "CMD mysqladmin ping -h localhost -u root -p$MYSQL_ROOT_PASSWORD",
    "CMD ! grep -q failed /run/state",
    "NONE",
]


def said(flaw, check, base="debian:trixie", before=""):
    return [why for _, why in healthcheck.flaws(Dockerfile(f"FROM {base}\n{before}\nHEALTHCHECK {check}\n"), flaw)]


@pytest.mark.parametrize("check", CAN_NOT_FAIL)
def test_one_that_can_not_fail(check):
    assert len(said(healthcheck.cannot_fail, check)) == 1
    assert said(healthcheck.cannot_pass, check) == []


@pytest.mark.parametrize("check", CAN_NOT_PASS)
def test_one_that_can_not_pass(check):
    assert len(said(healthcheck.cannot_pass, check)) == 1


@pytest.mark.parametrize("check", BOTH)
def test_one_that_can_do_either(check):
    assert said(healthcheck.cannot_fail, check) == []
    assert said(healthcheck.cannot_pass, check) == []


@pytest.mark.parametrize("check", ["CMD /probe &> /dev/null || exit 1", "CMD [[ -f /x ]] && /probe &> /dev/null"])
@pytest.mark.parametrize(
    ("base", "before"),
    [
        ("fedora:43", ""),
        ("alpine:3.22", ""),
        ("python:3.13-alpine", ""),
        ("registry.example.test/team/base:1", ""),
        ("debian:trixie", 'SHELL ["/bin/bash", "-c"]'),
        ("python:3.13-slim", 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'),
    ],
)
def test_what_bash_alone_knows_is_fine_where_it_may_be_bash(check, base, before):
    assert said(healthcheck.cannot_fail, check, base, before) == []
    assert said(healthcheck.cannot_pass, check, base, before) == []


def test_a_pipe_fails_with_its_parts_where_the_shell_is_told_so():
    told = 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'
    assert said(healthcheck.cannot_fail, "CMD curl -fs http://localhost/ | cat")
    assert not said(healthcheck.cannot_fail, "CMD curl -fs http://localhost/ | cat", before=told)


def test_a_shell_that_is_none_is_not_read():
    assert not said(healthcheck.cannot_pass, "CMD exit(1)", before='SHELL ["python", "-c"]')


def test_one_of_compose_is_read_alike():
    assert healthcheck.cannot_pass(["CMD", "curl", "-f", "http://localhost/", "||", "exit", "1"])
    assert healthcheck.cannot_fail(["CMD-SHELL", "curl -f http://localhost/ || true"])
    for test in (["CMD-SHELL", "curl -f http://localhost/ || exit 1"], ["NONE"], [], ["CMD"]):
        assert not healthcheck.cannot_pass(test)
        assert not healthcheck.cannot_fail(test)


@pytest.mark.parametrize(
    ("line", "ports"),
    [
        ("curl -f http://localhost/ || exit 1", {80}),
        ("curl -f http://127.0.0.1:8080/healthz || curl -f https://localhost", {8080, 443}),
        ("wget -qO- http://[::1]:3000/", {3000}),
        ("curl -f http://localhost:$PORT/", set()),
        ("curl -f http://db:5432/", set()),
        ("curl -f http://localhost.example.test/", set()),
        ("pg_isready", set()),
    ],
)
def test_the_ports_that_it_asks(line, ports):
    assert healthcheck.ports(["CMD-SHELL", line]) == ports
    assert healthcheck.ports([]) == set()
