#!/bin/sh
# The judge from a download: neither gcc, git nor make, a folder with a space in its name, files that only their owner may
# read. WORK is where the download is, which is the home where nothing else is said.
set -eu
umask 077
for each in cc gcc git make; do
    if command -v "$each"; then
        echo "this machine has $each"
        exit 1
    fi
done
mkdir "${WORK:=$HOME}/my folder"
cd "$WORK/my folder"
unzip -q "$WORK/plimsoll.zip"
cd plimsoll-main

python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check .
measured='import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("at most", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, "MB of memory")
sys.exit(code)'
.venv/bin/python -c "$measured" \
    .venv/bin/plimsoll check --quiet --depth text --fail-on note go-gin python-flask/catweb node-web | tee said
.venv/bin/plimsoll explain has_no_shell > explained
grep -q "diff" explained
grep -q "^0 findings" said
echo "$(python3 --version): the judge took $(du -sm .venv | cut -f1) MB of disk, $(tail -n 1 said)"
