"""Files that hold secrets by their name, in a layer and in what is sent to a builder; and their innocent namesakes."""

import io
import zipfile

import pytest

from plimsoll.facts.image import secrets
from plimsoll.facts.secrets import files, tokens

WORD = "a7Kz91mKwQ0xPl3vBn8s"
HEX = "6f1d0c5e9b7a4823b1e6d94fa07c35e8"

HOLDING = {
    ".yarnrc.yml": "nodeLinker: node-modules\nnpmRegistries:\n  '//npm.harbour.test':\n    npmAuthToken: {}\n",
    "app/.yarnrc.yml": 'npmAuthToken: "{}"\n',
    "shop/.yarnrc.yml": "npmScopes:\n  harbour:\n    npmAuthIdent: 'robot:{}'\n",
    ".yarnrc": '"//npm.harbour.test/:_authToken" "{}"\n',
    ".npmrc": "//npm.harbour.test/:_authToken={}\n",
    "home/.npmrc": "_auth = {}\n",
    "bunfig.toml": '[install.registry]\nurl = "https://npm.harbour.test"\ntoken = "{}"\n',
    ".cargo/credentials.toml": '[registry]\ntoken = "{}"\n',
    "usr/local/cargo/credentials": '[registries.harbour]\ntoken = "{}"\n',
    ".gem/credentials": "---\n:harbour: {}\n",
    ".bundle/config": '---\nBUNDLE_GEMS__HARBOUR__TEST: "robot:{}"\n',
    ".m2/settings.xml": "<servers><server><id>x</id><password>{}</password></server></servers>",
    "settings.xml": "<server><username>robot</username>\n<password>{}</password></server>",
    "gradle.properties": "org.gradle.jvmargs=-Xmx1g\nharbourPassword={}\n",
    "NuGet.Config": '<add key="Username" value="robot" /><add key="ClearTextPassword" value="{}" />',
    "auth.json": '{{"http-basic": {{"repo.harbour.test": {{"username": "robot", "password": "{}"}}}}}}',
    "home/auth.json": '{{"github-oauth": {{"github.com": "{}"}}}}',
    ".config/containers/auth.json": '{{"auths": {{"registry": {{"auth": "{}"}}}}}}',
    ".docker/config.json": '{{"auths": {{"registry": {{"identitytoken": "{}"}}}}}}',
    ".pypirc": "[harbour]\nusername = robot\npassword = {}\n",
    "pypoetry/auth.toml": '[http-basic.harbour]\nusername = "robot"\npassword = "{}"\n',
    "pip.conf": "[global]\nindex-url = https://robot:{}@pip.harbour.test/simple\n",
    ".pgpass": "db:5432:shop:robot:{}\n",
    ".my.cnf": "[client]\nuser=robot\npassword={}\n",
    ".netrc": "machine git.harbour.test login robot password {}\n",
    ".git-credentials": "https://robot:{}@git.harbour.test\n",
    ".config/gh/hosts.yml": "github.com:\n    oauth_token: {}\n",
    "terraform.tfvars": 'region = "eu"\ndb_password = "{}"\n',
    "terraform.tfstate": '{{"resources": [{{"attributes": {{"username": "shop", "password": "{}"}}}}]}}',
    ".terraformrc": 'credentials "harbour.test" {{ token = "{}" }}\n',
    "rclone.conf": "[store]\ntype = sftp\npass = {}\n",
    ".s3cfg": "[default]\nsecret_key = {}\n",
    ".htpasswd": "robot:$apr1$a7Kz91mK${}\n",
    "etc/nginx/.htpasswd": "robot:{{SHA}}{}\n",
    "wp-config.php": "<?php\ndefine( 'DB_NAME', 'shop' );\ndefine( 'DB_PASSWORD', '{}' );\n",
    "config/database.yml": "production:\n  adapter: postgresql\n  username: shop\n  password: {}\n",
    "appsettings.json": '{{"ConnectionStrings": {{"Shop": "Server=db;Database=shop;User Id=sa;Password={};"}}}}',
    "appsettings.Production.json": '{{"Smtp": {{"Password": "{}"}}}}',
    "application.properties": "server.port=8080\nspring.datasource.password={}\n",
    "application-prod.yml": "spring:\n  datasource:\n    password: '{}'\n",
    "config.yaml": "database:\n  url: postgres://shop:{}@db/shop\n",
    "settings.toml": 'dsn = "host=db user=shop password={} dbname=shop"\n',
    ".env": "PORT=8080\nDB_PASSWORD={}\n",
    ".env.production": "export SECRET_KEY_BASE='{}'\n",
    "shop.env": "API_TOKEN={}\n",
    ".aws/credentials": "[default]\naws_access_key_id = x\naws_secret_access_key = {}\n",
    ".kube/config": "users:\n- name: robot\n  user:\n    token: {}\n",
    "service-account.json": '{{"type": "service_account", "private_key_id": "x", "client_secret": "{}"}}',
    ".config/gcloud/application_default_credentials.json": '{{"refresh_token": "{}"}}',
    "secrets/db.txt": "{}\n",
    "secrets/db_password": "{}",
    "run/secrets/token": "{}\n",
    "secrets.py": "import os\nDEBUG = False\nDB_PASSWORD = '{}'\n",
    "config/secrets/shop.js": 'module.exports = {{ user: "shop", password: "{}" }}\n',
    "db_password.txt": "{}\n",
    ".bash_history": "ls\nmysql -u root -p{} shop\nexit\n",
    ".psql_history": "\\connect postgres://shop:{}@db/shop\n",
    "start.sh": "#!/bin/sh\nset -e\nPGPASSWORD={} psql -h db\n",
    "entrypoint.sh": "#!/bin/sh\nexport API_TOKEN={}\nexec app\n",
    "backup.sh": "#!/bin/bash\ncurl -fsS -u robot:{} https://store.harbour.test\n",
}
PLACEHOLDERS = ("${TOKEN}", "<your-token>", "changeme", "xxxxxxxxxxxx", "your-password-here", "password", "REPLACE_ME")

INNOCENT = {
    ".env": "PORT=8080\nLOG_LEVEL=info\nSESSION_LIFETIME=3600\n# the password should be given when it is started\n",
    "app/.env": "DB_PASSWORD=\nDB_PASSWORD_FILE=/run/secrets/db\nTOKEN_URL=https://harbour.test/token\n",
    "web/.env": "VITE_TITLE=Harbour\nNEXT_PUBLIC_API_KEY=abcdef123456\n",
    ".env.example": f"DB_PASSWORD={WORD}\n",
    "credentials.example.json": '{"user": "shop", "password": "ask-the-harbour-master"}',
    ".yarnrc.yml": "nodeLinker: node-modules\nnpmAuthToken: ${NPM_TOKEN}\nnpmAlwaysAuth: true\n",
    "a/.yarnrc.yml": 'npmAuthToken: "${NPM_TOKEN:-}"\nyarnPath: .yarn/releases/yarn-4.9.2.cjs\n',
    ".npmrc": "//npm.harbour.test/:_authToken=${NPM_TOKEN}\nengine-strict=true\nalways-auth=true\n",
    "pip.conf": "[global]\nindex-url = https://${USER}:${PASSWORD}@pip.harbour.test/simple\n",
    ".m2/settings.xml": "<server><password>${env.PASSWORD}</password></server>",
    "etc/maven/settings.xml": "<servers><!-- <server>\n<password>repopwd</password>\n</server> --></servers>",
    ".docker/config.json": '{"auths": {"registry": {}}, "credsStore": "pass"}',
    ".bundle/config": '---\nBUNDLE_WITHOUT: "development:test"\nBUNDLE_BUILD__PG: "--with-pg-config=/usr/bin/x"\n',
    ".gitconfig": "[user]\n\temail = robot@harbour.test\n[url \"ssh://git@harbour.test/\"]\n",
    "etc/my.cnf": "[mysqld]\ndatadir=/var/lib/mysql\n# password=geheim123\n",
    "database.yml": "production:\n  password: <%= ENV['DB_PASSWORD'] %>\n",
    "application.properties": "spring.datasource.password=${DB_PASSWORD}\nsecurity.token.expiry=3600\n",
    "application.yml": "spring:\n  datasource:\n    password: ENC(a7Kz91mKwQ0xPl3v)\n    url: jdbc:postgresql://db/shop\n",
    "appsettings.json": '{"ConnectionStrings": {"Shop": "Server=db;Database=shop;Integrated Security=true"}}',
    "config/locales/en.yml": "en:\n  password: Password\n  secret: \"Your secret word\"\n  reset_token: 'Reset code'\n",
    "locales/de.yml": "password: Kennwort\ntoken: \"Schlüssel\"\nreset:\n  secret: Geheimnis\n",
    "Messages_de.properties": "user.password=Kennwort\nuser.secret = Geheimwort\n",
    "locales/fr.yml": "password: Mot de passe\ntoken: Jeton d'accès\nforgot_password: Mot de passe oublié\n",
    "terraform.tfvars": 'region = "eu"\ninstance_key = "t3.small"\n',
    "main.tfvars": "db_password = var.db_password\n",
    "k8s.yaml": "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: {name: db, key: password}\n",
    "compose.yaml": "environment:\n  POSTGRES_PASSWORD_FILE: /run/secrets/db\nsecrets:\n  db: {file: ./db.txt}\n",
    "prometheus.yml": "authorization:\n  credentials_file: /run/secrets/token\n",
    "openapi.yaml": "properties:\n  password: {type: string}\n  token:\n    type: string\n",
    "settings.py": "import os\nPASSWORD = os.environ['DB_PASSWORD']\nPASSWORD_HASHERS = ['django.contrib.x']\n",
    "views.js": "const password = form.get('password');\nfetch(url, {token: session.token});\n",
    "package-lock.json": f'{{"integrity": "sha512-{WORD * 4}=="}}',
    "secrets/README": "Put the password of the database here\n",
    "secrets/__init__.py": '"""Secrets."""\n',
    "secrets/.gitkeep": "",
    "secrets/names.py": "def read(token: bytes) -> str:\n    secret = nothing, 1\n    return kept.key\n",
    "secrets/patterns.go": 'var x = T{Key: "\\\\((?:protected-)?private-key", secret: compose(y)}\n',
    "app/password.txt": "changeme\n",
    "app/token.txt": "<token>\n",
    "start.sh": "#!/bin/sh\nexport DB_PASSWORD=\"$(cat /run/secrets/db)\"\nPGPASSWORD=$PW psql\nPASSWORD=${1:-}\n",
    "usage.sh": "# PGPASSWORD=geheim99 psql\necho 'usage: --password=<password> --token TOKEN'\n",
    ".htpasswd": "# robot: ask the harbour master\n",
    "id_ed25519.pub": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID/YTNalCW5U29Plx7Y7wQwy233GZjFUaVD7Vd7VzbGd harbour\n",
}  # fmt: skip


def kinds(path, content):
    content = content if isinstance(content, bytes) else content.encode()
    return [each.what for each in secrets.in_file(path, tokens.Words(content))]


@pytest.mark.parametrize("path", HOLDING)
def test_what_such_a_file_holds_is_found_and_not_shown(path):
    content = HOLDING[path].format(WORD).encode()
    found = secrets.in_file(path, tokens.Words(content))
    assert len(found) == 1, found
    assert WORD not in str(found)
    assert files.first_secret(path, content) == found[0].what


@pytest.mark.parametrize("path", [path for path in HOLDING if "htpasswd" not in path])
@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_a_placeholder_in_it_is_none(path, placeholder):
    content = HOLDING[path].format(placeholder)
    assert kinds(path, content) == []
    assert files.first_secret(path, content.encode()) == ""


@pytest.mark.parametrize("path", INNOCENT)
def test_what_is_innocent_is_let_be(path):
    assert kinds(path, INNOCENT[path]) == []
    assert files.first_secret(path, INNOCENT[path].encode()) == ""


def _jar(**files_of):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files_of.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_an_applications_own_archive_is_looked_into():
    held = HOLDING["application.properties"].format(WORD)
    jar = _jar(**{"META-INF/MANIFEST.MF": "x: y\n", "BOOT-INF/classes/application.properties": held})
    assert kinds("app/shop.jar", jar) == ["a password or token"]
    assert kinds("app/node_modules/x/test.zip", jar) == []
    assert kinds("app/shop.jar", jar[:-40]) == []
    assert kinds("app/shop.jar", _jar(**{"a/Messages.properties": INNOCENT["application.properties"]})) == []


def test_the_registry_is_named():
    for path in (".yarnrc.yml", ".npmrc", ".cargo/credentials.toml"):
        assert kinds(path, HOLDING[path].format(WORD)) == ["the registry's token"]
