"""Compose files as people write them: what the rules find in them, what they must not, and where it stands."""

import pytest

from plimsoll import waiving
from plimsoll.composition import Composition, beside
from plimsoll.errors import PlimsollError
from plimsoll.rule import every_rule

SERVICE = """\
x-plimsoll:
  waive: {{}}
services:
  web:
    image: nginx:1.28
    depends_on:
      db: {{ condition: service_healthy }}
  db:  # the data
    {}
"""


@pytest.fixture
def written(tmp_path):
    """A function that makes a compose file of a text."""

    def make(text, name="compose.prod.yaml"):
        file = tmp_path / name
        file.write_text(text)
        return Composition(file, name)

    return make


def findings(rule, composed):
    """What a rule finds, each with its line."""
    return [f"{each.place.rpartition(':')[2]}: {each.found}" for each in every_rule()[rule].function(composed)]


def with_database(*lines):
    return SERVICE.format("\n    ".join(lines)) + "volumes: {data: }\n"


@pytest.mark.parametrize(
    ("image", "target", "right"),
    [
        ("postgres:17", "/var/lib/postgresql/data", True),
        ("postgres:17", "/var/lib/postgresql/data/", True),
        ("postgres:17", "/var/lib/postgresql", False),
        ("postgres:18-trixie", "/var/lib/postgresql", True),
        ("postgres:18-trixie", "/var/lib/postgresql/data", False),
        ("registry:5000/library/postgres:18", "/var/lib/postgresql", True),
        ("postgres", "/var/lib/postgresql", True),
        ("postgis/postgis:17-3.5", "/var/lib/postgresql", False),
        ("timescale/timescaledb:2.17.2-pg16", "/var/lib/postgresql/data", True),
        ("mariadb:11", "/var/lib/mysql", True),
        ("mariadb:11", "/data", False),
        ("redis:8", "/anywhere", True),
        ("example/own-database:1", "/anywhere", True),
    ],
)
def test_a_databases_volume_belongs_where_its_version_keeps_the_data(written, image, target, right):
    composed = written(with_database(f"image: {image}", f"volumes: ['data:{target}']"))
    assert (findings("databases_keep_their_data_in_named_volumes", composed) == []) == right


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["volumes: [./data:/var/lib/postgresql/data]"], "10: db keeps its data in a folder of the host, ./data"),
        (["volumes: [/var/lib/postgresql/data]"], "10: db keeps its data in a volume without a name"),
        ([], "8: db has no volume at /var/lib/postgresql/data"),
        (["tmpfs: /var/lib/postgresql/data"], ""),
        (["environment: {PGDATA: /data/17}", "volumes: ['data:/data']"], ""),
        (["environment: {PGDATA: /data/17}", "volumes: ['data:/var/lib/postgresql/data']"], "11: db has no volume at"),
        (["environment: {PGDATA: /var/lib/postgresql/data/x}", "volumes: ['data:/var/lib/postgresql/data']"], ""),
    ],
)
def test_only_named_volumes_and_memory_are_right_for_data(written, lines, found):
    composed = written(with_database("image: postgres:17", *lines))
    told = findings("databases_keep_their_data_in_named_volumes", composed)
    assert [line.startswith(found) for line in told] == [True] * bool(found), told


@pytest.mark.parametrize(
    ("variable", "secret"),
    [
        ("POSTGRES_PASSWORD: swordfish", True),
        ("POSTGRES_PASSWORD: ''", False),
        ("SECRET_KEY_BASE: 0a1b2c", True),
        ("AWS_SECRET_ACCESS_KEY: abc", True),
        ("api_key: abc", True),
        ("DATABASE_URL: postgres://app:swordfish@db/app", True),
        ("DATABASE_URL: postgres://app@db/app", False),
        ("BROKER: amqp://mq:5672/", False),
        ("POSTGRES_PASSWORD_FILE: /run/secrets/password", False),
        ("TLS_PRIVATE_KEY: /run/secrets/key", False),
        ("ALLOW_EMPTY_PASSWORD: 'yes'", False),
        ("TOKEN_LIFETIME: 3600", False),
        ("PARTITION_KEY: tenant", False),
        ("PWD: /src", False),
        ("KEYBOARD: qwerty", False),
    ],
)
def test_secrets_are_known_by_name_and_value(written, variable, secret):
    composed = written(with_database("image: postgres:17", "environment:", f"  {variable}"))
    told = findings("secrets_are_not_in_the_environment", composed)
    assert [line.startswith("11: db is given a") for line in told] == [True] * secret, told
    assert "swordfish" not in "".join(told)


@pytest.mark.parametrize(
    ("variable", "spelled", "passed_on"),
    [
        ("POSTGRES_PASSWORD:", False, True),
        ("POSTGRES_PASSWORD: ${NOBODY_SET_THIS:-}", False, True),
        ("POSTGRES_PASSWORD: ${SOMEBODY_SET_THIS}", False, True),
        ("POSTGRES_PASSWORD: $SOMEBODY_SET_THIS", False, True),
        ("POSTGRES_PASSWORD: ${SOMEBODY_SET_THIS:?set it}", False, True),
        ("- SOMEBODY_SET_TOKEN", False, True),
        ("- POSTGRES_PASSWORD=${SOMEBODY_SET_THIS}", False, True),
        ("DATABASE_URL: postgres://app:${SOMEBODY_SET_THIS}@db/app", False, True),
        ("DATABASE_URL: postgres://app:${NOBODY_SET_THIS:-swordfish}@db/app", True, False),
        ("POSTGRES_PASSWORD: ${NOBODY_SET_THIS:-swordfish}", True, False),
        ("POSTGRES_PASSWORD: ${SOMEBODY_SET_THIS-swordfish}", True, False),
        ("- POSTGRES_PASSWORD=swordfish", True, False),
        ("POSTGRES_PASSWORD: ''", False, False),
        ("POSTGRES_PASSWORD_FILE: ${NOBODY_SET_THIS:-/run/secrets/password}", False, False),
        ("LOG_LEVEL: ${NOBODY_SET_THIS:-info}", False, False),
    ],
)
def test_a_secret_in_the_file_is_told_from_the_callers(written, monkeypatch, variable, spelled, passed_on):
    for name in ("SOMEBODY_SET_THIS", "SOMEBODY_SET_TOKEN"):
        monkeypatch.setenv(name, "wrasse-17-otter")
    composed = written(with_database("image: postgres:17", "environment:", f"  {variable}"))
    assert len(findings("secrets_are_not_in_the_environment", composed)) == spelled
    assert len(findings("secrets_are_given_as_files", composed)) == passed_on


@pytest.mark.parametrize(
    ("port", "open_"),
    [
        ("8080:80", True),
        ("80", True),
        ("'0.0.0.0:8080:80'", True),
        ("192.168.1.5:8080:80", True),
        ("'[::]:8080:80'", True),
        ("127.0.0.1:8080:80", False),
        ("127.0.0.2::80", False),
        ("'[::1]:8080:80'", False),
    ],
)
def test_only_the_loopback_is_not_open_to_others(written, port, open_):
    composed = written(SERVICE.format(f"image: nginx:1.28\n    ports: [{port}]"))
    assert len(findings("publishes_on_loopback_only", composed)) == open_


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["privileged: true"], "10: db is privileged"),
        (["pid: host"], "10: db shares the host's namespace (pid: host)"),
        (["network_mode: host"], ""),
        (["cap_add: [CAP_SYS_ADMIN]"], "10: db is given the capability CAP_SYS_ADMIN"),
        (["cap_add: [sys_admin]"], "10: db is given the capability sys_admin"),
        (["cap_add: [DAC_READ_SEARCH]"], "10: db is given the capability DAC_READ_SEARCH"),
        (["cap_add: [NET_BIND_SERVICE]"], ""),
        (["security_opt: ['seccomp:unconfined']"], "10: db is not confined by the kernel (seccomp:unconfined)"),
        (["security_opt: [apparmor=unconfined]"], "10: db is not confined by the kernel (apparmor=unconfined)"),
        (["security_opt: ['label:disable']"], "10: db is not confined by the kernel (label:disable)"),
        (["security_opt: ['seccomp:profile.json', 'no-new-privileges:true']"], ""),
        (["devices: [/dev/fuse]"], "10: db is given the host's device /dev/fuse"),
        (["volumes: [/:/host:ro]"], "10: db is given the host's folder /"),
        (["volumes: [/var/lib:/host:ro]"], "10: db is given the host's folder /var/lib"),
        (["volumes: [/srv/media:/media:rshared]"], "10: db mounts on the host too whatever it mounts under /srv/media"),
        (["volumes: [/srv/media:/media:rslave]"], ""),
        (["volumes: [/run/docker.sock:/run/docker.sock]"], "10: db is given the engine's socket, /run/docker.sock"),
        (["volumes: [/etc/localtime:/etc/localtime:ro]"], ""),
        (["volumes: [./conf:/etc/nginx:ro]"], ""),
    ],
)
def test_what_is_granted_of_the_host(written, lines, found):
    composed = written(SERVICE.format("\n    ".join(["image: nginx:1.28", *lines])))
    told = findings("grants_no_privileges_or_host_namespaces", composed)
    assert [line.startswith(found) for line in told] == [True] * bool(found), told


@pytest.mark.parametrize(
    ("mode", "shared"), [("host", True), ("bridge", False), ("none", False), ("service:db", False)]
)
def test_the_hosts_network_is_the_hosts(written, mode, shared):
    text = SERVICE.format("image: nginx:1.28") + f"  other:\n    image: nginx:1.28\n    network_mode: {mode}\n"
    told = findings("shares_no_network_with_the_host", written(text))
    assert [line.partition(": ")[2] for line in told] == [
        "other is on the host's network (network_mode: host)"
    ] * shared


@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ("have_limits", ["deploy: {resources: {limits: {memory: 1g, cpus: '1', pids: 64}}}"]),
        ("have_limits", ["mem_limit: 1g", "cpus: 0.5", "pids_limit: 64"]),
        ("are_hardened", ["read_only: true", "cap_drop: [all]", "security_opt: ['no-new-privileges:true']"]),
        ("restart", ["deploy: {restart_policy: {condition: on-failure}}"]),
        ("restart", ["restart: always"]),
        ("restart", ["profiles: [backup]"]),
    ],
)
def test_each_way_to_write_it_is_as_good(written, rule, lines):
    composed = written("services:\n  web:\n    " + "\n    ".join(["image: nginx:1.28", *lines]))
    assert findings(f"production_services_{rule}", composed) == []


@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ("production_services_have_limits", "pids_limit: -1"),
        ("production_services_are_hardened", "security_opt: ['no-new-privileges:false']"),
        ("production_services_restart", "restart: 'no'"),
        ("production_services_restart", "deploy: {restart_policy: {condition: none}}"),
    ],
)
def test_what_only_looks_like_it_is_not(written, rule, lines):
    composed = written(f"services:\n  web:\n    image: nginx:1.28\n    {lines}\n")
    assert len(findings(rule, composed)) == 1


def test_a_job_that_others_wait_for_need_not_come_back(written):
    text = """
services:
  migrate: { image: "app:1" }
  web:
    image: app:1
    restart: always
    depends_on:
      migrate: { condition: service_completed_successfully }
"""
    assert findings("production_services_restart", written(text)) == []


def test_a_service_that_is_built_here_needs_no_tag(written):
    text = 'services:\n  web: { build: ., image: app }\n  db: { image: "postgres@sha256:%s" }\n' % ("0" * 64)
    assert findings("services_use_fixed_tags", written(text)) == []


NO_TAG = "web runs `nginx`, which has no tag: it is whatever is the latest"


def test_a_service_in_braces_has_the_line_it_stands_on(written):
    composed = written('services:\n  "web": { image: nginx }\n')
    assert findings("services_use_fixed_tags", composed) == [f"2: {NO_TAG}"]


def test_a_file_in_braces_has_its_first_line(written):
    composed = written('{"services": {"web": {"image": "nginx"}}}')
    assert findings("services_use_fixed_tags", composed) == [f"1: {NO_TAG}"]


def test_an_image_that_is_not_here_is_not_said_to_lack_a_health_check(written):
    composed = written("services:\n  web: { image: example/never-built:1, ports: [80] }\n")
    assert findings("production_services_have_health_checks", composed) == []


@pytest.mark.parametrize(
    ("waiver", "cause"),
    [
        ("publishes_everything: since it is a proxy", "waives `publishes_everything`, which is no rule"),
        ("publishes_on_loopback_only: proxy", "waives publishes_on_loopback_only: it has no reason"),
        ("publishes_on_loopback_only:", "waives publishes_on_loopback_only: it has no reason"),
        ("publishes_on_loopback_only: {until: 2027-03-01}", "waives publishes_on_loopback_only: it has no reason"),
        (
            "publishes_on_loopback_only: {until: soon, reason: since it is a proxy}",
            "waives publishes_on_loopback_only: until = soon is no date",
        ),
    ],
)
def test_a_waiver_needs_a_rule_and_a_reason(written, waiver, cause):
    composed = written(f"services:\n  web: {{ image: 'nginx:1' }}\nx-plimsoll:\n  waive:\n    {waiver}\n")
    (told,) = waiving.mistakes(composed)
    assert f"{composed.file}:5 {cause}" in str(told)


def test_what_compose_refuses_is_told_in_its_own_words(written):
    with pytest.raises(PlimsollError, match="is not accepted by compose, .*imagee"):
        _ = written("services:\n  web: { imagee: nginx }\n").document


def test_the_usual_names_are_found_and_parts_of_others_are_not(tmp_path):
    for name in ("compose.override.yaml", "docker-compose.yml", "docker-compose.prod.yml", "compose.production.yaml"):
        (tmp_path / name).write_text("services: {}\n")
    found = [(each.name, each.production) for each in beside(tmp_path)]
    assert found == [
        ("docker-compose.yml", False),
        ("compose.production.yaml", True),
        ("docker-compose.prod.yml", True),
    ]


def test_a_file_for_production_may_only_add_to_the_other(tmp_path):
    (tmp_path / "compose.yaml").write_text("services: {web: {image: 'nginx:1.28'}}\n")
    (tmp_path / "compose.prod.yaml").write_text("services: {web: {restart: always}}\n")
    _, added = beside(tmp_path)
    assert added.services["web"]["image"] == "nginx:1.28"
    assert added.services["web"]["restart"] == "always"
