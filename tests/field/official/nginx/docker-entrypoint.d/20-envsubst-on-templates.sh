#!/bin/sh
# As the official script: templates become configuration, where there are any and it may be written.
set -e
[ -d /etc/nginx/templates ] && [ -w /etc/nginx/conf.d ] || exit 0
for template in /etc/nginx/templates/*.template; do
    name=$(basename "$template" .template)
    envsubst < "$template" > "/etc/nginx/conf.d/$name"
done
