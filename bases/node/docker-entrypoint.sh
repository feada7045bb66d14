#!/bin/sh
# As the official image does: what is no program here is an argument for node.
set -eu
case $1 in
    -*) set -- node "$@" ;;
    *) command -v "$1" > /dev/null || set -- node "$@" ;;
esac
exec "$@"
