# What the test clones from: one repository, one user, and whoever has the key.
FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        git \
        openssh-server \
    && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_* \
    && mkdir -p /run/sshd
RUN useradd --create-home --shell /usr/bin/git-shell git \
    && git init --quiet --initial-branch=main /work \
    && echo "soundings of the harbour" > /work/harbour.txt \
    && git -C /work add . \
    && git -C /work -c user.name=hydrographer -c user.email=hydrographer@example.org commit --quiet --message=Harbour \
    && git clone --quiet --bare /work /srv/charts.git \
    && rm -r /work \
    && git config --system safe.directory /srv/charts.git
# Both key pairs are made at the start: none is ever in an image.
CMD ["sh", "-ec", "ssh-keygen -qA; ssh-keygen -q -t ed25519 -N '' -f /key; \
     install -D -o git -m 600 /key.pub ~git/.ssh/authorized_keys; exec /usr/sbin/sshd -De -o PasswordAuthentication=no"]
EXPOSE 22
