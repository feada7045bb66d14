#!/bin/sh
# What the official entrypoint does: options are the server's, and root drops to the user whose the data is.
set -e
case $1 in -* | *.conf) set -- valkey-server "$@" ;; esac
if [ "$1" = valkey-server ] && [ "$(id -u)" = 0 ]; then
    find . ! -user valkey -exec chown valkey '{}' +
    exec gosu valkey "$0" "$@"
fi
exec "$@"
