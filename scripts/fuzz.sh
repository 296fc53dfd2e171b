#!/bin/sh
# Every fuzz test for FUZZTIME (10s unless told), of each package by one program. usage: fuzz.sh GO
set -eu
go=${1:-go}
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
found=$("$go" env GOCACHE)/fuzz
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u | while read -r folder; do
	"$go" test -c -fuzz=. -o "$programs/tests" "$folder"
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$folder"/*_test.go | while read -r name; do
		echo "$name ($folder)"
		(cd "$folder" && "$programs/tests" -test.run '^$' -test.fuzz "^$name\$" -test.fuzztime "${FUZZTIME:-10s}" -test.fuzzcachedir "$found")
	done
done
