#!/bin/sh
# After little.sh: the commands behind `make`, as the README names them, and the library's own tests, but for those that
# ask an engine. `make test` itself says in one line that images would keep what nobody else may read.
set -eu
export PIP_QUIET=1 PIP_DISABLE_PIP_VERSION_CHECK=1
umask 077
cd "${WORK:=$HOME}/my folder/plimsoll-main"
rm -rf .venv
python3 -m venv .venv
.venv/bin/pip install --require-hashes --no-deps --requirement requirements.lock
.venv/bin/pip install --no-deps --no-build-isolation --editable .
if .venv/bin/python -m workshop up 2> said; then
    echo "what others can't read was built"
    exit 1
fi
tail -n 1 said
tail -n 1 said | grep -q "can be read by its owner alone"
chmod -R go+rX .
echo "the environment took $(du -sm .venv | cut -f1) MB"
.venv/bin/python -m pytest -q -rsf -p no:cacheprovider --numprocesses=2 --dist=loadgroup -m "not engine" tests/library
# A new app is made without git too; whatever is said of it, the last line is about the tests.
.venv/bin/python -m workshop new mine --from rust-cli > made 2>&1
test -f mine/Dockerfile
