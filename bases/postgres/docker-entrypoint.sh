#!/usr/bin/env bash
# The part of the official image's interface that people use: POSTGRES_* variables, their _FILE variants, and
# /docker-entrypoint-initdb.d. Our own code.
set -euo pipefail

refuse() {
    echo "postgres: $1" >&2
    exit 1
}

# value NAME DEFAULT: the variable, else the content of the file that NAME_FILE names, else the default.
value() {
    local name=$1 file_variable="$1_FILE"
    if [[ -n ${!name:-} && -n ${!file_variable:-} ]]; then
        refuse "both $name and $file_variable are set: set one"
    elif [[ -n ${!file_variable:-} ]]; then
        cat "${!file_variable}" || refuse "$file_variable names ${!file_variable}, which can't be read"
    else
        printf '%s\n' "${!name:-$2}"
    fi
}

# initialise ARGUMENT...: make the database in $PGDATA; the arguments are the server's.
initialise() {
    # Init scripts read these; a password is only asked for where POSTGRES_INITDB_ARGS wants one on the socket, too.
    POSTGRES_USER=$(value POSTGRES_USER postgres)
    POSTGRES_DB=$(value POSTGRES_DB "$POSTGRES_USER")
    PGPASSWORD=$(value POSTGRES_PASSWORD "")
    export POSTGRES_USER POSTGRES_DB PGPASSWORD
    local method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    if [[ -z $PGPASSWORD && $method != trust ]]; then
        refuse "no password for the superuser: set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD"
    fi

    # shellcheck disable=SC2086 # several words, as the official image takes them
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$PGPASSWORD") --auth=trust ${POSTGRES_INITDB_ARGS:-}
    printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"

    # Only on the socket: nobody from outside meets a half-made database.
    local server=("$@" -c listen_addresses= -p "${PGPORT:-5432}")
    pg_ctl --wait start --options="$(printf '%q ' "${server[@]}")" > /dev/null
    local sql=(psql --set=ON_ERROR_STOP=1 --no-psqlrc --no-password --username="$POSTGRES_USER")
    if [[ $POSTGRES_DB != postgres ]]; then
        "${sql[@]}" --dbname=postgres --set=name="$POSTGRES_DB" <<< 'CREATE DATABASE :"name";'
    fi
    local script
    for script in /docker-entrypoint-initdb.d/*; do
        case $script in
            # A script without the executable bit is sourced: it may set variables for those after it.
            *.sh)
                if [[ -x $script ]]; then
                    "$script"
                else
                    # shellcheck disable=SC1090 # whichever the user mounted
                    . "$script"
                fi
                ;;
            *.sql) "${sql[@]}" --dbname="$POSTGRES_DB" --file="$script" ;;
            *.sql.gz) gunzip --stdout "$script" | "${sql[@]}" --dbname="$POSTGRES_DB" ;;
        esac
    done
    pg_ctl --wait --mode=fast stop > /dev/null
    unset PGPASSWORD
}

if [[ ${1:-} == -* ]]; then
    set -- postgres "$@"
fi
case " $* " in
    *" --help "* | *" -? "* | *" --version "* | *" -V "* | *" --describe-config "*) ;; # asks, serves nothing
    " postgres "*)
        if [[ $EUID == 0 ]]; then
            mkdir -p "$PGDATA"
            find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres:postgres {} +
            chmod 700 "$PGDATA"
            exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
        elif [[ ! -s $PGDATA/PG_VERSION ]]; then
            initialise "${@:2}"
        fi
        ;;
esac
exec "$@"
