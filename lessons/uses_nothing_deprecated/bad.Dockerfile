FROM plimsoll/rust-cli:prod
MAINTAINER crew@example.org
