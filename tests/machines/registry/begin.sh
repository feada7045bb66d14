#!/bin/sh
# Starts the registry, what stands before it and misbehaves when told to, and an engine that has no other. The engine
# believes whoever is on loopback, and so it is given the other one, with a certificate of its own, by a name.
set -eu
echo "$(hostname -i) registry.test" >> /etc/hosts
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=registry.test -addext subjectAltName=DNS:registry.test \
    -keyout /key.pem -out /certificate.pem 2> /dev/null
docker-registry serve /registry.yml > /var/log/registry.log 2>&1 &
python3 /faulty.py 5001 5000 &
python3 /faulty.py 5443 5000 /certificate.pem /key.pem &
mkdir -p /etc/docker
cat > /etc/docker/daemon.json << 'END'
{"registry-mirrors": ["http://127.0.0.1:5001"], "features": {"containerd-snapshotter": true}}
END
exec dockerd
