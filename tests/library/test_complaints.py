"""What a program says that was not given what it needs is told from what it says that is broken."""

import pytest

from plimsoll.facts.run import complaints


@pytest.mark.parametrize(
    "said",
    [
        "KeyError: 'DATABASE_URL'",
        "widgets: set POSTGRES_PASSWORD_FILE (a file with the database's password) or POSTGRES_PASSWORD",
        "Provide REDIS_URL to begin.",
        "KeyError: 'PORT'",
        "panic: DATABASE_URL is not set",
        "Error: Missing required environment variable: API_TOKEN",
        "error: environment variable `RUST_SERVICE_KEY` not found",
        "./start.sh: line 3: DB_HOST: unbound variable",
        "/start.sh: 2: PASSWORD: parameter not set",
        "You need to specify POSTGRES_PASSWORD",
        "Error: Database is uninitialized and superuser password is not specified.",
        "Error: getaddrinfo EAI_AGAIN db",
        "Error: connect ECONNREFUSED 10.0.0.3:5432",
        'psycopg2.OperationalError: could not translate host name "db" to address: Name or service not known',
        "dial tcp: lookup redis on 127.0.0.11:53: no such host",
        "java.net.UnknownHostException: kafka",
        "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.",
        "waiting for postgres...",
        "FileNotFoundError: [Errno 2] No such file or directory: '/run/secrets/token'",
        "open /config/app.yaml: no such file or directory",
        "config file not found",
        "usage: serve [-h] --data FOLDER\nserve: error: the following arguments are required: --data",
        "You must accept the license agreement: set ACCEPT_EULA=Y",
        "1 validation error for Settings\nSECRET_KEY\n  Field required [type=missing]",
    ],
)
def test_what_it_was_not_given_is_named(said):
    assert complaints.wanted(f"starting\n{said}\n") in said


@pytest.mark.parametrize(
    "said",
    [
        "",
        "listening on port 8080",
        "Error: Cannot find module '/app/server.js'\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []",
        "Error [ERR_PACKAGE_PATH_NOT_EXPORTED]: Package subpath './x' is not defined by \"exports\"",
        "ModuleNotFoundError: No module named 'flask'",
        "ImportError: libpq.so.5: cannot open shared object file: No such file or directory",
        "Error: Could not find or load main class com.example.Main\nCaused by: java.lang.ClassNotFoundException",
        "Error: Unable to access jarfile /app.jar",
        "PermissionError: [Errno 13] Permission denied: '/app/cache'",
        "exec /app: exec format error",
        "python: can't open file '/app/main.py': [Errno 2] No such file or directory",
        "FileNotFoundError: [Errno 2] No such file or directory: '/app/templates/index.html'",
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "TypeError: undefined is not a function",
        "panic: runtime error: invalid memory address or nil pointer dereference",
        "[emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)",
        "/usr/local/bin/docker-entrypoint.sh: 8: exec: gunicorn: not found",
    ],
)
def test_what_is_broken_asks_for_nothing(said):
    assert complaints.wanted(said) == ""
