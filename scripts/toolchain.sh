#!/bin/sh
# Says which tool is missing or too old, and how to get it, before anything is built. usage: toolchain.sh GO
set -u
go=${1:-go}
need=$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' "$(dirname "$0")/../go.mod")
bad=0

say() {
	printf 'pcaplake: %s\n' "$1" >&2
	bad=1
}

if ! command -v "$go" >/dev/null 2>&1; then
	say "Go is missing: install Go $need or newer from https://go.dev/dl/ and put its bin folder on PATH"
else
	have=$(cd / && GOTOOLCHAIN=local "$go" env GOVERSION 2>/dev/null | sed 's/^go//')
	oldest=$(printf '%s\n%s\n' "$need" "$have" | sort -t. -k1,1n -k2,2n | head -n 1)
	if [ "$oldest" != "$need" ]; then
		say "Go $have is too old: install Go $need or newer from https://go.dev/dl/"
	fi
fi

# DuckDB's library is C++17 behind cgo: gcc links it, g++ brings libstdc++.
for tool in gcc g++; do
	if ! command -v "$tool" >/dev/null 2>&1; then
		say "$tool is missing: install it (Debian, Ubuntu: apt-get install gcc g++; Fedora: dnf install gcc gcc-c++)"
		continue
	fi
	major=$("$tool" -dumpversion 2>/dev/null | cut -d. -f1)
	case "$major" in
	'' | *[!0-9]*) say "$tool does not tell its version ($tool -dumpversion): install gcc and g++ 9 or newer" ;;
	*) [ "$major" -ge 9 ] || say "$tool $major is too old: install gcc and g++ 9 or newer" ;;
	esac
done
exit "$bad"
