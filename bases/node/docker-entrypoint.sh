#!/bin/sh
# As the official image does: what is no program here is an argument for node.
set -eu
case ${1-} in
    -*) set -- node "$@" ;;
    *)
        if ! command -v "$1" > /dev/null || { [ -f "$1" ] && [ ! -x "$1" ]; }; then
            set -- node "$@"
        fi
        ;;
esac
exec "$@"
