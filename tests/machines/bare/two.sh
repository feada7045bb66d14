#!/bin/sh
# Two clones side by side, set up and used at the same time.
set -eu
for each in one two; do
    mkdir "$HOME/$each"
    cp "$HOME/plimsoll.zip" "$HOME/$each"
done
WORK="$HOME/one" sh "$HOME/little.sh" &
first=$!
WORK="$HOME/two" sh "$HOME/little.sh"
wait "$first"
