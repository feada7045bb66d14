"""Passwords where programs take them from: addresses, connection strings, commands; and what only looks like one."""

import base64

import pytest

from plimsoll.facts.image import disclosures
from plimsoll.facts.secrets import search

PASSWORD = "a7Kz-91mKw"  # noqa: S105 - it opens nothing

COMMANDS = (
    "mysqladmin ping -h localhost -uroot -p{}",
    "mariadb-admin -u root -p'{}' ping",
    "mysql --password={} -e 'select 1'",
    "redis-cli -a {} ping",
    "redis-server --requirepass {}",
    "sh -c 'redis-server --masterauth {}'",
    "PGPASSWORD={} psql -h db -U shop",
    "env PGPASSWORD={} pg_isready",
    "export MYSQL_PWD={}; mysqladmin ping",
    'sh -c "MYSQL_PWD={} mysql"',
    "export db_password={}",
    "curl -fsS -u shop:{} http://localhost/health",
    "curl --user 'shop:{}' http://localhost",
    "curl -H 'Authorization: Bearer {0}{0}' http://localhost",
    "curl http://shop:{}@localhost:15672/api",
    "curl --proxy-user shop:{} http://x",
    "/opt/mssql-tools18/bin/sqlcmd -C -S localhost -U sa -P '{}' -Q 'SELECT 1'",
    "mongosh -u shop -p {} --eval 'db.adminCommand(1)'",
    "sshpass -p {} ssh robot@host",
    "docker login -u robot -p {}",
    "ldapsearch -x -D cn=admin -w {}",
    "openssl rsa -in /x -passin pass:{}",
    "java -Djavax.net.ssl.keyStorePassword={} -jar /app.jar",
    "java -jar app.jar --spring.datasource.password={}",
    "keytool -storepass {} -list",
    "kafka --connection 'Server=db;User Id=sa;Password={};'",
    "psql 'host=db user=shop password={} dbname=shop'",
    "java -jar app.jar jdbc:postgresql://db/shop?user=shop&password={}",
    "app -dsn 'shop:{}@tcp(db:3306)/shop'",
)
ADDRESSES = (
    "host=db user=shop password={}",
    "host=db port=5432 user='shop' password='{}' sslmode=require",
    "password={} user=shop host=db",
    "Server=db,1433;Database=shop;User Id=sa;Password={};Encrypt=true",
    "Data Source=db;Initial Catalog=shop;User ID=sa;Pwd={}",
    "Endpoint=sb://shop.example.test/;SharedAccessKeyName=Root;SharedAccessKey={}aaQ9zL3pX0vB2nM8cR5tY7uI1oE4wS6dF=",
    "jdbc:postgresql://db:5432/shop?user=shop&password={}",
    "jdbc:mysql://db/shop?password={}&user=shop",
    "jdbc:sqlserver://db:1433;databaseName=shop;user=sa;password={};",
    "jdbc:oracle:thin:shop/{}@//db:1521/x",
    "shop:{}@tcp(db:3306)/shop?parseTime=true",
    "shop:{}@unix(/run/mysqld.sock)/shop",
    "postgresql://db/shop?user=shop&password={}",
    *(f"{scheme}://shop:{{}}@db/shop" for scheme in ("postgres", "mysql", "amqp", "amqps", "mongodb+srv", "rediss")),
    "redis://:{}@cache:6379/0",
    "postgresql+psycopg2://shop:{}@db/shop",
    "smtp://robot:{}@mail:587",
)
HOLDS_NONE = (
    "$PASSWORD", "${PASSWORD}", "$$PASSWORD", "$(cat /run/secrets/db)", "/run/secrets/db", "{{password}}", "<password>",
)  # fmt: skip

INNOCENT = (
    "mysqladmin ping -h localhost -uroot",
    "mysql -P 3306 -p -h db",
    "redis-cli -h cache -p 6379 ping",
    "pg_isready -U shop -d shop",
    "curl -fsS -u shop: http://localhost",
    "curl -fsS --user-agent probe:1 http://localhost:8080/health",
    "docker run -u 1000:1000 -p 8080:80 x",
    "mkdir -p /var/lib/app",
    "install -d -o 1000 -g 1000 -m 0750 /data",
    "server --password-file /run/secrets/db",
    "server --password-file=/run/secrets/db --token-file /x",
    "POSTGRES_PASSWORD_FILE=/run/secrets/db postgres",
    "openssl rsa -passin file:/run/secrets/x -in /y",
    "openssl rsa -passin env:KEY_PASSPHRASE -in /y",
    "docker login -u robot --password-stdin",
    "docker build --secret id=npm,env=NPM_TOKEN .",
    "passwd --delete root",
    "python -c 'connect(host=host, user=user, password=password)'",
    "python -c 'password = form.get(\"password\")'",
    "host=db user=shop sslmode=require",
    "Server=db;Database=shop;Integrated Security=true",
    "jdbc:postgresql://db:5432/shop?user=shop&ssl=true",
    "postgres://shop@db/shop",
    "http://localhost:8080/login?next=/",
    "chmod 600 /key --reference=/x",
    "java -jar app.jar --spring.profiles.active=prod --server.port=8080",
    "gunicorn --bind 0.0.0.0:8080 --workers 2 app:app",
    "ssh -p 2222 robot@host",
    "unzip -P",
    "java -Djavax.net.ssl.trustStorePassword=changeit -jar app.jar",
    "test -n \"$TOKEN\" || exit 1",
    "TOKEN=$(cat /run/secrets/token) app",
)  # fmt: skip


@pytest.mark.parametrize("command", [*COMMANDS, *ADDRESSES])
def test_a_password_in_a_command_is_found(made, command):
    line = command.format(PASSWORD)
    assert search.in_command(line)
    assert search.in_command(["CMD-SHELL", line])
    told = disclosures.in_history(made.imagined(history=[{"created_by": f"RUN /bin/sh -c {line} # buildkit"}]))
    assert told
    assert PASSWORD not in str(told)


@pytest.mark.parametrize("command", [*COMMANDS, *ADDRESSES])
@pytest.mark.parametrize("value", HOLDS_NONE)
def test_what_stands_for_a_password_is_none(command, value):
    if "{0}" not in command and "aaQ9" not in command:
        assert search.in_command(command.format(value)) == []


@pytest.mark.parametrize("command", INNOCENT)
def test_a_command_without_a_password_is_let_be(command):
    assert search.in_command(command) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_password_in_a_variable_or_a_label_is_found_whatever_its_name(made, address):
    value = address.format(PASSWORD)
    assert disclosures.in_environment(made.imagined(config={"Env": [f"DATABASE={value}"]}))
    assert disclosures.in_history(made.imagined(config={"Labels": {"database": value}}))


@pytest.mark.parametrize("word", ["changeme", "password", "postgres", "s3cr3t"])
def test_a_bad_password_that_is_used_is_one(word):
    assert search.in_command(f"mysqladmin ping -p{word}")
    assert search.in_variable("DATABASE", f"host=db user=shop password={word}")


@pytest.mark.parametrize("word", ["passing-7Kz", "idle-9mKw", "typewriter77"])
def test_a_password_may_begin_like_the_description_of_one(word):
    assert search.in_command(f"redis-server --requirepass {word}")


def test_a_long_line_is_read_in_no_time():
    assert search.in_command("curl http://harbour.test/x " * 20_000) == []
    assert search.in_command("mysql " * 40_000) == []
    assert search.in_command("host=db " * 20_000) == []
    assert search.in_command("x://" * 20_000 + "?" + "a&" * 20_000) == []


def test_what_is_started_is_looked_at_where_no_step_tells_it(made):
    health = {"Test": ["CMD-SHELL", f"mysqladmin ping -p{PASSWORD}"]}
    for config in ({"Cmd": ["redis-server", "--requirepass", PASSWORD]}, {"Healthcheck": health}):
        assert disclosures.in_history(made.imagined(config=config))
    assert disclosures.in_history(made.imagined(config={"Cmd": ["server", "--port=8080"]})) == []


def test_words_in_exec_form_are_read_as_they_are():
    assert search.in_command(["redis-server", "--requirepass", PASSWORD])
    assert search.in_command(["CMD", "curl", "-u", f"shop:{PASSWORD}", "http://localhost"])
    assert search.in_command(["CMD", "curl", "http://localhost"]) == []
    assert search.in_command(base64.b64encode(f"psql postgres://shop:{PASSWORD}@db/shop".encode()).decode())
