#!/bin/sh
# Every fuzz test for FUZZTIME (10s unless told). usage: fuzz.sh GO
set -eu
go=${1:-go}
grep -rl --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file" | while read -r name; do
		echo "$name ($(dirname "$file"))"
		$go test "$(dirname "$file")" -run '^$' -fuzz "^$name\$" -fuzztime "${FUZZTIME:-10s}"
	done
done
