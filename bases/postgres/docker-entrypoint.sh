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
        echo "${!name:-$2}"
    fi
}

initialise() {
    local user password database method
    user=$(value POSTGRES_USER postgres)
    password=$(value POSTGRES_PASSWORD "")
    database=$(value POSTGRES_DB "$user")
    method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    if [[ -z $password && $method != trust ]]; then
        refuse "no password for the superuser: set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD"
    fi

    # shellcheck disable=SC2086 # several words, as the official image takes them
    initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --auth-local=trust ${POSTGRES_INITDB_ARGS:-}
    printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"

    # Only on the socket: nobody from outside meets a half-made database.
    pg_ctl --wait start --options="-c listen_addresses=''" > /dev/null
    local sql=(psql --set=ON_ERROR_STOP=1 --no-psqlrc --username="$user" --no-password)
    if [[ $database != postgres ]]; then
        "${sql[@]}" --dbname=postgres --set=name="$database" <<< 'CREATE DATABASE :"name";'
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
            *.sql) "${sql[@]}" --dbname="$database" --file="$script" ;;
            *.sql.gz) gunzip --stdout "$script" | "${sql[@]}" --dbname="$database" ;;
        esac
    done
    pg_ctl --wait --mode=fast stop > /dev/null
}

if [[ ${1:0:1} == - ]]; then
    set -- postgres "$@"
fi
if [[ $1 == postgres ]]; then
    if [[ $EUID == 0 ]]; then
        mkdir -p "$PGDATA"
        chown -R postgres:postgres "$PGDATA" /var/run/postgresql
        chmod 700 "$PGDATA"
        exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
    fi
    if [[ ! -s $PGDATA/PG_VERSION ]]; then
        chmod 700 "$PGDATA"
        initialise
    fi
fi
exec "$@"
