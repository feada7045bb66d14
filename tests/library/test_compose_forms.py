"""Compose as `docker compose up` reads it: every form of a thing is found, where it stands, and what is none is not."""

import pytest

from plimsoll import composing
from plimsoll.composition import beside
from plimsoll.errors import NotJudgedError
from plimsoll.rule import every_rule

PASSWORD = "Kestrel-42-tern"  # noqa: S105 - what must be found
DATA = "\nvolumes: {data: }"


@pytest.fixture
def folder(tmp_path):
    """A function that makes a folder of texts, whose compose files it returns."""

    def make(files):
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return beside(tmp_path)

    return make


@pytest.fixture
def found(folder, tmp_path):
    """A function that tells what a rule finds in the first compose file of a folder, each with its place."""

    def judge(rule, files):
        composed = folder({"compose.yaml": files} if isinstance(files, str) else files)[0]
        told = every_rule()[rule].function(composed)
        return [f"{each.place.removeprefix(f'{tmp_path}/')}: {each.found}" for each in told]

    return judge


def service(*lines, top=""):
    return "\n".join(["services:", "  app:", "    image: x/app:1.4", *(f"    {line}" for line in lines), top])


def begins(told, *starts):
    assert [line.startswith(start) for line, start in zip(told, starts, strict=True)] == [True] * len(starts), told


GRANTED = "grants_no_privileges_or_host_namespaces"
SOCKET = "app is given the engine's socket"


@pytest.mark.parametrize(
    ("lines", "top", "what"),
    [
        (["use_api_socket: true"], "", SOCKET),
        (["volumes: [{type: bind, source: /var/run/docker.sock, target: /s}]"], "", SOCKET),
        (["volumes: ['/run/user/1000/podman/podman.sock:/s:ro']"], "", SOCKET),
        (["volumes: ['/var/run:/host']"], "", "app is given the host's folder /var/run, which holds the engine's"),
        (
            ["volumes: ['store:/s']"],
            "volumes: {store: {driver_opts: {type: none, o: bind, device: /run/docker.sock}}}",
            SOCKET,
        ),
        (
            ["volumes: ['store:/s']"],
            "volumes: {store: {driver_opts: {o: 'ro,bind', device: /root}}}",
            "app is given the host's",
        ),
        (
            ["volumes: ['store:/s']"],
            "volumes: {store: {driver_opts: {type: none, o: rbind, device: /}}}",
            "app is given the",
        ),
        (["volumes: ['store:/s']"], "volumes: {store: {driver_opts: {type: none, o: bind, device: /srv/app}}}", ""),
        (
            ["volumes: ['store:/s']"],
            "volumes: {store: {driver_opts: {type: nfs, o: 'addr=10.0.0.1', device: ':/etc'}}}",
            "",
        ),
        (["volumes: ['store:/s']"], "volumes: {store: {driver_opts: {type: tmpfs, o: size=9m, device: tmpfs}}}", ""),
        (["volumes: ['/dev/../etc/:/e:ro']"], "", "app is given the host's folder /etc"),
        (["volumes: ['~:/h']"], "", "app is given the host's folder ~"),
        (["volumes: ['~/.config/app:/h', '/etc/timezone:/etc/timezone:ro', '/dev/shm:/dev/shm']"], "", ""),
        (["secrets: [accounts]"], "secrets: {accounts: {file: /etc/shadow}}", "app is given the host's /etc/shadow"),
        (["post_start: [{command: [x], privileged: true}]"], "", "app runs a privileged command (post_start)"),
        (["device_cgroup_rules: ['a *:* rwm']"], "", "app may use every device of the host"),
        (
            ["device_cgroup_rules: ['c 189:* rmw']", "devices: ['/dev/dri', '/dev/ttyUSB0', 'vendor.com/gpu=all']"],
            "",
            "",
        ),
        (["devices: ['/dev/sda:/dev/sda']"], "", "app is given the host's device /dev/sda"),
        (["gpus: all", "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}"], "", ""),
        (["network_mode: none", "ipc: shareable", "cgroup: private", "develop: {watch: []}"], "", ""),
    ],
)
def test_the_host_is_the_host_in_every_form(found, lines, top, what):
    told = found(GRANTED, service(*lines, top=top))
    begins(told, *[f"compose.yaml:4: {what}"] * bool(what))


MORE = {"compose.yaml": service("ports: ['127.0.0.1:8080:80']"), "common.yaml": service("privileged: true")}


OVER = "services:\n  app:\n    privileged: true"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({**MORE, "compose.override.yaml": "services: {app: {privileged: true}}"}, "compose.override.yaml:1"),
        ({**MORE, "docker-compose.override.yml": OVER}, "docker-compose.override.yml:3"),
        ({**MORE, ".env": "COMPOSE_FILE=compose.yaml:common.yaml"}, "common.yaml:4"),
        ({**MORE, "compose.yaml": "include: [common.yaml]\nservices: {}"}, "common.yaml:4"),
        ({**MORE, "compose.yaml": "include:\n  - path: [common.yaml]"}, "common.yaml:4"),
        ({**MORE, "compose.yaml": "services:\n  web: {extends: {file: common.yaml, service: app}}"}, "common.yaml:4"),
        ({"compose.yaml": service() + "\n---\nservices:\n  app:\n    privileged: true"}, "compose.yaml:8"),
        ({"compose.yaml": "x-a: &a\n  privileged: true\n" + service("<<: *a")}, "compose.yaml:2"),
        ({"compose.yaml": "x-a: &a {privileged: true}\n" + service("<<: [*a]")}, "compose.yaml:1"),
        ({"compose.yaml": service("privileged: true"), "compose.override.yml": OVER.replace("true", "!reset")}, ""),
        ({**MORE, "compose.dev.yaml": service("privileged: true")}, ""),
    ],
)  # fmt: skip
def test_a_finding_has_the_line_of_the_file_in_which_it_stands(found, files, place):
    begins(found(GRANTED, files)[:1], *[f"{place}: "] * bool(place))


def test_a_port_has_its_own_line_among_others_that_look_like_it(found):
    text = service("ports:", "  - '127.0.0.1:8080:8080'", "  - 18080:8080", "  - {target: 8080, published: 8081}")
    begins(found("publishes_on_loopback_only", text), "compose.yaml:6:", "compose.yaml:7:")


PROFILES = "profiles_hold_all_that_they_need"


@pytest.mark.parametrize(
    ("app", "other", "refuses"),
    [
        ("depends_on: [db]", "[x]", "`docker compose up`"),
        ("depends_on: {db: {condition: service_started}}", "[x, y]", "`docker compose up`"),
        ("links: [db]", "[x]", "`docker compose up`"),
        ("network_mode: 'service:db'", "[x]", "`docker compose up`"),
        ("volumes_from: [db]", "[x]", "`docker compose up`"),
        ("{profiles: [y], depends_on: [db]}", "[x]", "`docker compose --profile y up`"),
        ("{profiles: [x, y], depends_on: [db]}", "[x]", "`docker compose --profile y up`"),
        ("{profiles: [x], depends_on: [db]}", "[x, y]", ""),
        ("{profiles: [x], depends_on: [db]}", "[]", ""),
        ("depends_on: {db: {condition: service_started, required: false}}", "[x]", ""),
        ("depends_on: [db]", "[on]", ""),
    ],
)
def test_what_a_service_needs_is_on_whenever_it_is(found, app, other, refuses):
    app = app.strip("{}") if app.startswith("{p") else app
    text = f"services:\n  app: {{image: 'x/a:1', {app}}}\n  db: {{image: 'x/b:1', profiles: {other}}}\n"
    told = found(PROFILES, {"compose.yaml": text, ".env": "COMPOSE_PROFILES=on\n"})
    assert [line.startswith("compose.yaml:2: app needs db") and refuses in line for line in told] == [True] * bool(
        refuses
    )


@pytest.mark.parametrize(
    ("condition", "other", "unready"),
    [
        ("service_healthy", "image: 'redis:8.2'", "db has no health check"),
        ("service_healthy", "image: 'x/db:1', healthcheck: {disable: true}", "db has no health check"),
        ("service_healthy", "image: 'x/db:1', healthcheck: {test: [NONE]}", "db has no health check"),
        ("service_healthy", "build: {dockerfile_inline: 'FROM redis:8.2'}", "db has no health check"),
        ("service_healthy", 'build: {dockerfile_inline: "FROM redis:8.2\\nHEALTHCHECK CMD redis-cli ping"}', ""),
        ("service_healthy", "image: 'x/db:1'", ""),
        ("service_healthy", "image: 'redis:8.2', healthcheck: {test: [CMD, redis-cli, ping]}", ""),
        ("service_completed_successfully", "image: 'x/job:1', restart: unless-stopped", "is started again whenever"),
        ("service_completed_successfully", "image: 'x/job:1', restart: on-failure", ""),
        ("service_started", "image: 'x/db:1'", "not until it is ready"),
        ("service_started, required: false", "image: 'x/db:1', profiles: [debug]", ""),
    ],
)
def test_what_is_waited_for_can_come(found, condition, other, unready):
    text = f"services:\n  app: {{image: 'x/a:1', depends_on: {{db: {{condition: {condition}}}}}}}\n  db: {{{other}}}\n"
    told = found("services_wait_for_healthy_dependencies", text)
    assert [unready in line for line in told] == [True] * bool(unready), told


def test_a_shared_network_is_no_wait_that_somebody_wrote(found):
    text = "services:\n  app: {image: 'x/a:1', network_mode: 'service:vpn'}\n  vpn: {image: 'x/v:1'}\n"
    assert found("services_wait_for_healthy_dependencies", text) == []


KEPT = "databases_keep_their_data_in_named_volumes"


@pytest.mark.parametrize(
    ("dockerfile", "lines", "stray"),
    [
        ("FROM postgres:17-trixie\nCOPY x /", [], "app has no volume at /var/lib/postgresql/data"),
        ("ARG V=18\nFROM postgres:${V}\n", ["volumes: ['data:/var/lib/postgresql']"], ""),
        ("ARG V\nFROM postgres:$V AS a\nFROM a\n", ["volumes: ['data:/var/lib/postgresql']"], "app has no volume at"),
        ("FROM mysql:8.4 AS base\nFROM base\n", ["volumes: ['/var/lib/mysql']"], "app keeps its data in"),
        ("FROM mongo:8.0\n", ["volumes: [{type: tmpfs, target: /data/db}]"], ""),
        ("FROM postgres:17\nENV PGDATA=/pg/data\n", ["volumes: ['data:/pg']"], ""),
        ("FROM postgres:17\nENV PGDATA=/pg/data\n", ["volumes: ['data:/var/lib/postgresql/data']"], "app has no"),
        ("FROM postgres:17 AS dump\nFROM busybox:1.37-musl\nCOPY --from=dump /bin/psql /\n", [], ""),
        ("FROM redis:8.2\n", [], ""),
        ("FROM redis:8.2\n", ["command: redis-server --appendonly yes"], "app has no volume at /data"),
        ("FROM valkey/valkey:8.1\n", ["command: [--appendonly, 'yes']", "volumes: ['data:/data']"], ""),
    ],
)  # fmt: skip
def test_a_database_that_is_built_here_is_known_by_its_base(found, dockerfile, lines, stray):
    build = ["build: {context: ./store, args: {V: '17'}}" if "ARG V\n" in dockerfile else "build: ./store"]
    told = found(KEPT, {"compose.yaml": service(*build, *lines, top=DATA), "store/Dockerfile": dockerfile})
    begins([line.partition(": ")[2] for line in told], *[stray] * bool(stray))


@pytest.mark.parametrize(
    "lines",
    [
        ["image: postgres:17", "command: [sh, -c, 'pg_dump --host db > /backup/db.sql']"],
        ["image: mysql:8.4", "entrypoint: mysqldump --host=db shop"],
        ["image: bitnami/mariadb:11.4", "volumes: ['data:/bitnami/mariadb']"],
        ["image: redis:8.2"],
    ],
)
def test_what_is_no_database_or_keeps_its_data_elsewhere_needs_no_such_volume(found, lines):
    assert found(KEPT, "\n".join(["services:", "  app:", *(f"    {line}" for line in lines), DATA])) == []


@pytest.mark.parametrize(
    ("image", "lines", "opens"),
    [
        ("postgres:17", "environment: {POSTGRES_HOST_AUTH_METHOD: trust}", True),
        ("postgres:17", "environment: {POSTGRES_HOST_AUTH_METHOD: scram-sha-256}", False),
        ("mysql:8.4", "environment: [MYSQL_ALLOW_EMPTY_PASSWORD=yes]", True),
        ("mysql:8.4", "environment: [MYSQL_ALLOW_EMPTY_PASSWORD=, MYSQL_ROOT_PASSWORD_FILE=/run/secrets/x]", False),
        ("mariadb:11.4", "environment: {MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: 1}", True),
        ("bitnami/postgresql:17", "environment: {ALLOW_EMPTY_PASSWORD: 'yes'}", True),
        ("bitnami/redis:8.0", "environment: {ALLOW_EMPTY_PASSWORD: 'yes'}", False),
        ("elasticsearch:9.1.0", "environment: [xpack.security.enabled=false]", True),
        ("neo4j:5.26", "environment: {NEO4J_AUTH: none}", True),
        ("mysql:8.4", "command: --skip-grant-tables", True),
        ("redis:8.2", "ports: ['6379:6379']", True),
        ("redis:8.2", "{command: redis-server /etc/redis.conf, ports: ['6379:6379']}", False),
        ("redis:8.2", "expose: [6379]", False),
        ("mongo:8.0", "ports: ['27017:27017']", True),
        ("mongo:8.0", "{environment: {MONGO_INITDB_ROOT_USERNAME: a}, ports: ['27017:27017']}", False),
        ("x/app:1", "environment: {ALLOW_EMPTY_PASSWORD: 'yes'}", False),
    ],
)
def test_a_database_that_lets_everybody_in(found, image, lines, opens):
    told = found(
        "databases_ask_for_a_password",
        f"services:\n  app: {{image: '{image}', {lines.strip('{}') if lines.startswith('{') else lines}}}\n",
    )
    assert len(told) == opens, told


ELSEWHERE = "secrets_are_not_in_commands_or_builds"


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["command: [redis-server, --requirepass, PW]"], "the command of app holds a password"),
        (["command: worker 'host=db user=shop password=PW'"], "the command of app holds a password"),
        (["command: [worker, 'postgres://shop:PW@db/shop']"], "the command of app holds a password in an address"),
        (["entrypoint: sh -c 'PGPASSWORD=PW psql'"], "the entrypoint of app holds a password"),
        (["healthcheck: {test: [CMD, mysqladmin, ping, -uroot, -pPW]}"], "the healthcheck of app holds a password"),
        (["logging: {driver: splunk, options: {splunk-token: PW}}"], "the option splunk-token of app holds a secret"),
        (["labels: {source: 'https://ci:PW@git.test/x'}"], "the label source of app holds a password"),
        (["build: {context: ., args: {TOKEN: PW}}"], "the build of app is given a secret as the argument TOKEN"),
        (["build: {context: ., args: ['URL=https://ci:PW@x.test/']}"], "the build of app is given a password in an"),
        (["build: {context: ., args: [NPM_TOKEN]}"], "the build of app is given a secret of the caller's"),
        (["build: {context: ., args: {NPM_TOKEN: '${NPM_TOKEN:-}'}}"], "the build of app is given a secret of the"),
        (["build: {context: ., args: [VERSION, 'COMMIT=1', 'TOKEN_FILE=/x']}"], ""),
        (["command: redis-server --requirepass $$PASSWORD"], ""),
        (["healthcheck: {test: 'mysqladmin ping -p$$(cat /run/secrets/x)'}"], ""),
        (["command: psql --host=db --username=app --no-password"], ""),
        (["labels: {'traefik.http.routers.app.rule': 'Host(`x.test`)'}"], ""),
    ],
)
def test_secrets_in_commands_labels_and_builds(found, lines, what):
    told = found(ELSEWHERE, service(*lines).replace("PW", PASSWORD))
    begins(told, *[f"compose.yaml:4: {what}"] * bool(what))
    assert PASSWORD not in "".join(told)


@pytest.mark.parametrize(
    ("files", "sent"),
    [
        ({"Dockerfile": "FROM busybox\nCOPY . /app\n"}, True),
        ({"Dockerfile": "FROM busybox\nCOPY secrets /app\n"}, True),
        ({"Dockerfile": "FROM busybox\nRUN --mount=target=/src ls\n"}, True),
        ({"Dockerfile": "FROM busybox\nCOPY . /app\n", ".dockerignore": "secrets/\n"}, False),
        ({"Dockerfile": "FROM busybox\nCOPY . /app\n", ".dockerignore": "**/secrets\n"}, False),
        ({"Dockerfile": "FROM busybox\nCOPY . /app\n", ".dockerignore": "# all\n*\n!src\n"}, False),
        ({"Dockerfile": "FROM busybox\nCOPY . /app\n", ".dockerignore": "*.md\n"}, True),
        ({"Dockerfile": "FROM busybox\nCOPY src /app\n"}, False),
    ],
)
def test_a_secrets_file_that_a_build_takes_along(found, files, sent):
    text = service("build: .", "secrets: [pw]", top="secrets:\n  pw:\n    file: ./secrets/pw.txt")
    begins(found(ELSEWHERE, {"compose.yaml": text, **files}), *["compose.yaml:8: the secret pw"] * sent)


def test_a_variable_has_the_line_of_its_env_file(found):
    files = {"compose.yaml": service("env_file: [app.env]"), "app.env": f"A=1\nPASSWORD={PASSWORD}\n"}
    begins(found("secrets_are_not_in_the_environment", files), "app.env:2: app is given a secret in PASSWORD")


@pytest.mark.parametrize(
    ("test", "flaw"),
    [
        ('["CMD", "curl", "-f", "http://127.0.0.1/", "||", "exit", "1"]', True),
        ('["CMD-SHELL", "curl -f http://127.0.0.1/ || true"]', True),
        ("curl -f http://127.0.0.1/ || exit 0", True),
        ('["CMD-SHELL", "curl -f http://127.0.0.1/ || exit 1"]', False),
        ('["CMD", "sh", "-c", "pg_isready && test -f /ready"]', False),
        ('["CMD", "valkey-cli", "ping"]', False),
    ],
)
def test_a_health_check_is_judged_as_a_dockerfiles_is(found, test, flaw):
    told = found("compose_health_checks_can_pass_and_fail", service("healthcheck:", f"  test: {test}"))
    begins(told, *["compose.yaml:5: the health check of app tells nothing"] * flaw)


@pytest.mark.parametrize(
    ("image", "source", "told"),
    [
        ("traefik:3.2", "/var/run/docker.sock", [SOCKET]),
        ("portainer/portainer-ce:2.21.4", "/var/run/docker.sock", []),
        ("registry.example.test/portainer/portainer-ce:2.21.4", "/run/docker.sock", []),
        ("containrrr/watchtower:1.7.1", "/", ["app is given the host's folder /"]),
    ],
)
def test_only_what_manages_an_engine_and_does_nothing_else_is_given_its_socket(found, image, source, told):
    text = service(f"volumes: ['{source}:/x']").replace("x/app:1.4", image)
    begins(found(GRANTED, text), *[f"compose.yaml:4: {each}" for each in told])


LACKS = "services: {b: {image: x, env_file: gone.env}}"


def test_a_missing_env_file_keeps_nothing_else_from_being_judged(folder, found):
    text = service("env_file: [gone.env, there.env]", "privileged: true")
    text += (
        "\n  other: {image: x, env_file: [{path: lost.env, format: raw}], environment: {PASSWORD: " + PASSWORD + "}}\n"
    )
    text += "  third: {image: x, env_file: there.env}\n"
    files = {"compose.yaml": text, "there.env": f"A=1\nPASSWORD={PASSWORD}\n"}
    begins(found(GRANTED, files), "compose.yaml:5: app is privileged")
    told = found("secrets_are_not_in_the_environment", files)
    begins(
        told, "compose.yaml:7: other is given a secret in PASSWORD", "there.env:2: third is given a secret in PASSWORD"
    )
    warned = found("compose_warns_of_nothing", files)
    begins(sorted(warned), *[f"compose.yaml:1: env file {name} is not there" for name in ("gone.env", "lost.env")])
    assert not folder(files)[0].refused


@pytest.mark.parametrize(
    "written",
    [
        "include: ['http://127.0.0.1:9/team/stack.git']\n",
        "include: ['oci://127.0.0.1:9/team/stack:1']\n",
        "services: {app: {extends: {file: 'http://127.0.0.1:9/team/stack.git', service: b}}}\n",
    ],
)
def test_nothing_is_fetched_to_read_a_file(folder, monkeypatch, written):
    for variable in composing.OFFLINE:
        monkeypatch.setenv(variable, "1")
    composed = folder({"compose.yaml": written})[0]
    with pytest.raises(NotJudgedError, match="compose.yaml takes a part of it from the network, which is not used"):
        _ = composed.document


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {"compose.yaml": service("labels: {a: '${A:?say A}', b: '${B?}'}")},
            "demands these variables.*: A (say A), B",
        ),
        ({"compose.yaml": service("labels: {a: '${A:?say A}'}"), ".env": "A=1\n"}, ""),
        ({"compose.yaml": service("labels: {a: '${A:-1}'}")}, ""),
        ({"compose.yaml": service("extends: {file: b.yaml, service: b}"), "b.yaml": LACKS}, "gone.env not found"),
        ({"compose.yaml": service("env_file: [{path: gone.env, required: false}]")}, ""),
        ({"compose.yaml": "include: [gone.yaml]"}, "gone.yaml: no such file"),
        ({"compose.yaml": ""}, "empty compose file"),
        ({"compose.yaml": "services:\n\tapp: {}\n"}, "YAML takes no tabs"),
        ({"compose.yaml": service("image: again")}, "already defined"),
        ({"compose.yaml": service("brand_new: 1")}, "a compose that knows it: this one is"),
        ({"compose.yaml": "services: [\n"}, "is not accepted by compose"),
    ],
)
def test_what_compose_refuses_is_refused_with_cause_and_remedy(folder, files, words):
    refused = folder(files)[0].refused
    assert bool(refused) == bool(words)
    parts = words.split(".*")
    assert [part for part in parts if part not in refused] == []
    assert "\n" not in refused


RUNS = "FROM busybox:1.37-musl\n{}USER 1000:1000\n"


@pytest.mark.parametrize(
    ("dockerfile", "volume", "foreign"),
    [
        (RUNS.format(""), "data:/data", True),
        (RUNS.format("RUN mkdir -p /data\n"), "data:/data", True),
        (RUNS.format("WORKDIR /app\nCOPY . .\n"), "data:/app/data", True),
        (RUNS.format("VOLUME /data\n"), "data:/data", True),
        (RUNS.format("RUN adduser -D app && mkdir /data\n"), "data:/data", True),
        (RUNS.format("RUN <<EOF\nmkdir /data\nchown 1000 /data\nEOF\n"), "data:/data", False),
        (RUNS.format("RUN mkdir /data && chown 1000 /data\n"), "data:/data", False),
        (RUNS.format("WORKDIR /app\nRUN mkdir data && chown -R 1000 .\n"), "data:/app/data", False),
        (RUNS.format("RUN install -d -o 1000 /srv/app\n"), "data:/srv/app/data", False),
        (RUNS.format("RUN adduser -D -h /data app\n"), "data:/data", False),
        (RUNS.format("COPY --chown=1000 data /data\n"), "data:/data", False),
        (RUNS.format("ENV D=/data\nRUN mkdir $D && chown 1000 $D\n"), "data:/data", False),
        (RUNS.format("") + "WORKDIR /data\n", "data:/data", False),
        (RUNS.format(""), "data:/data:ro", False),
        (RUNS.format(""), "data:/tmp/x", False),
        (RUNS.format(""), "./data:/data", False),
        ("FROM busybox:1.37-musl\n", "data:/data", False),
        ("FROM x/base:1\nUSER 1000\n", "data:/data", False),
        ("FROM busybox:1.37-musl AS a\nUSER 1000\nFROM a\n", "data:/data", True),
        ("FROM busybox:1.37-musl AS a\nUSER 1000\nFROM a\nUSER root\n", "data:/data", False),
    ],
)
def test_a_volume_whose_owner_the_program_is_not(found, dockerfile, volume, foreign):
    files = {"compose.yaml": service("build: .", f"volumes: ['{volume}']", top=DATA), "Dockerfile": dockerfile}
    begins(found("volumes_belong_to_who_writes_them", files), *["compose.yaml:5: app runs as 1000"] * foreign)


@pytest.mark.parametrize(
    ("other", "foreign"),
    [("{image: 'busybox:1.37-musl', volumes: ['data:/data'], command: chown 1000 /data}", 0), ("{image: 'x/y:1'}", 1)],
)
def test_whoever_else_mounts_a_volume_may_have_given_it(found, other, foreign):
    text = service("build: .", "user: '1000'", "volumes: ['data:/data']", f"\n  other: {other}", top=DATA)
    files = {"compose.yaml": text.replace("    \n", "\n"), "Dockerfile": "FROM busybox:1.37-musl\n"}
    assert len(found("volumes_belong_to_who_writes_them", files)) == foreign


def test_a_password_in_the_options_of_a_volume(found):
    option = f"o: 'addr=nas.test,username=shop,password={PASSWORD}'"
    top = f"volumes:\n  media:\n    driver_opts:\n      type: cifs\n      {option}"
    told = found(ELSEWHERE, service("volumes: ['media:/media']", top=top))
    begins(told, "compose.yaml:9: the option o of the volume media holds a password")


@pytest.mark.parametrize(
    ("image", "port", "open_"),
    [
        ("traefik:v3.5", "443:443", False),
        ("caddy:2.10", "80:80", False),
        ("traefik:v3.5", "8080:8080", True),
        ("x/app:1", "443:443", True),
    ],
)
def test_the_door_of_a_proxy_is_open_to_everybody(found, image, port, open_):
    text = f"services: {{app: {{image: '{image}', ports: ['{port}']}}}}"
    assert len(found("publishes_on_loopback_only", text)) == open_


def test_what_production_adds_may_refer_to_what_it_adds_to(folder):
    text = "services: {app: {image: 'x/app:1', depends_on: {db: {condition: service_healthy}}}}"
    both = {"compose.yaml": "services: {db: {image: 'postgres:17'}}", "compose.prod.yaml": text}
    assert [sorted(each.services) for each in folder(both)] == [["db"], ["app", "db"]]
