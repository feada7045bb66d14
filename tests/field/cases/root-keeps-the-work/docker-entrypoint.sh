#!/bin/sh
set -e
if [ "$1" = beacon ]; then
  exec setpriv --reuid=10001 --regid=10001 --clear-groups "$@"
fi
exec "$@"
