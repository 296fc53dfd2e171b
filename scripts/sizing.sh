#!/bin/sh
# What a night's captures take as a lake: bytes by table and packet, as ingested and compacted, and time and memory of both. The lake is made aside and removed.
# usage: scripts/sizing.sh PROGRAM CAPTURES…
set -eu
program=$1
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# measured WHAT ARGS…: a command on the lake; some captures may be bad or truncated.
measured() {
	what=$1
	shift
	set -- "$program" --lake "$dir/lake" "$@"
	[ ! -x /usr/bin/time ] || set -- /usr/bin/time -o "$dir/time" -f "$what: %e s, %M KiB of memory" "$@" # GNU time
	"$@" >"$dir/out" 2>"$dir/log" || [ $? -eq 3 ] || { cat "$dir/log" >&2; exit 1; }
	[ ! -s "$dir/time" ] || tail -1 "$dir/time"
}
tables() {
	"$program" --lake "$dir/lake" files -f csv | awk -F, -v when="$1" '
		NR > 1 {bytes[$1] += $6; rows[$1] += $5}
		END {for (t in bytes) {printf "%s: %s, %d rows, %.2f bytes a packet\n", when, t, rows[t], bytes[t] / rows["packets"]}}' | sort
}
measured ingest ingest "$@"
tables ingested
find "$dir/lake" -exec touch -d '2 days ago' {} + # what is young is not compacted
measured compact compact
tables compacted
"$program" --lake "$dir/lake" query -f csv "SELECT sum(stored_bytes) AS archive_bytes, sum(rows) AS packets FROM captures"
