#!/bin/sh
# In place of a compiler: half a second for each source, unless its result is still in the cache.
set -eu
mkdir -p /root/.cache/compile
for source in sources/*.txt; do
    result=/root/.cache/compile/$(sha256sum < "$source" | cut -c 1-64)
    if [ ! -e "$result" ]; then
        echo "compiling $source" >&2
        sleep 0.5
        tr '[:lower:]' '[:upper:]' < "$source" > "$result"
    fi
    cat "$result"
done
