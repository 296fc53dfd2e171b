#!/bin/sh
# The user that the service runs as. Nothing is started.
set -e
getent group pcaplake >/dev/null || groupadd --system pcaplake
getent passwd pcaplake >/dev/null || useradd --system --gid pcaplake --home-dir /var/lib/pcaplake --shell /usr/sbin/nologin pcaplake
chgrp pcaplake /etc/pcaplake/pcaplake.env || true
