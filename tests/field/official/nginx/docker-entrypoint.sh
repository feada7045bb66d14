#!/bin/sh
# What the official entrypoint does: before nginx starts, the scripts of a folder may change its configuration.
set -e
case $1 in
    nginx | nginx-debug)
        for script in /docker-entrypoint.d/*.sh; do
            echo "$0: running $script"
            "$script"
        done
        ;;
esac
exec "$@"
