#!/bin/sh
set -eu
echo "starting the beacon" >&2
python /app/server.py
