#!/bin/sh
# Every fuzz test for FUZZTIME (10s unless told), of each package by one program. usage: fuzz.sh GO
set -eu
go=${1:-go}
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
found=$("$go" env GOCACHE)/fuzz
once() { # FOLDER NAME
	(cd "$1" && "$programs/tests" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "${FUZZTIME:-10s}" -test.fuzzcachedir "$found") >"$programs/said" 2>&1 || { cat "$programs/said"; return 1; }
	tail -n 2 "$programs/said"
}
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u | while read -r folder; do
	"$go" test -c -fuzz=. -o "$programs/tests" "$folder"
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$folder"/*_test.go | while read -r name; do
		echo "$name ($folder)"
		once "$folder" "$name" || { # Go ends some runs within an input that was not done, and calls that a failure without one; then it must pass when run again
			grep -q 'context deadline exceeded' "$programs/said" && ! grep -q 'Failing input' "$programs/said" && once "$folder" "$name"
		}
	done
done
