#!/usr/bin/env bash
# A year of 1 PB in 10 million captures as its manifests would be (internal/simulate): how large that is, and how long planning a night and asking one take, from a folder
# and from S3 (versitygw over the same folder), with the requests of the latter by its log. It takes some 4 GB of disk below TMPDIR, which are removed, and 10 minutes.
#
# DELAY=30ms measures S3 once more with so much before each request, as if the server were farther away.
#
# usage: [STORE=folder|s3] [DELAY=30ms] scripts/simulate.sh PROGRAM [CAPTURES [DAYS]]
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1") captures=${2:-10000000} days=${3:-365}
stores=${STORE:-folder s3}
tools=${SCALE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/pcaplake-scale}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$work"' EXIT
export PCAPLAKE_CACHE=$work/cache
go build -o "$work/simulate" ./internal/simulate
"$program" --lake "$work/small" ingest testdata/theft.pcap testdata/scan.pcap testdata/web.pcap >/dev/null 2>&1
mkdir -p "$work/s3/lakes"
"$work/simulate" -lake "$work/s3/lakes/year" -archive "$work/archive" -small "$work/small" -captures "$captures" -days "$days"
manifests=$work/s3/lakes/year/_manifests
size() { find "$manifests" -name "$1" -printf '%s\n' | awk '{ n++; b += $1 } END { printf "%d, %.1f MB\n", n, b / 1e6 }'; }
took() { # NAME COMMAND…: the least of three runs
	local name=$1 best= i t
	shift
	for i in 1 2 3; do
		t=$( { TIMEFORMAT=%R; time "$@" >"$work/out" 2>"$work/err"; } 2>&1) || { cat "$work/err" >&2; exit 1; }
		[ -n "$best" ] && awk "BEGIN { exit !($t >= $best) }" || best=$t
	done
	printf '| %s | %s s |%s\n' "$name" "$best" "$(case $name in *S3) requests 3 ;; esac)"
}
requests() { # RUNS: what one of them asked of the server
	sleep 1 # for its log
	awk -v runs="$1" '{ for (i = 1; i <= NF; i++) if ($i ~ /^s3_/) { n[$i]++; break } }
		END { printf " %d LIST, %d GET |", n["s3_ListObjectsV2"] / runs, n["s3_GetObject"] / runs }' "$work/s3.log"
	: >"$work/s3.log"
}
echo "| | |"
echo "|---|---|"
echo "| manifests of captures | $(size 'c-*') |"
echo "| parts of the checkpoint | $(size 'p-*') |"
echo "| its head | $(size 'k-*') |"
mkdir "$work/new"
for name in theft.pcap scan.pcap web.pcap dns.pcap ipv6.pcapng.zst flood.pcap.gz; do cp "testdata/$name" "$work/new"; done
timer=()
[ ! -x /usr/bin/time ] || timer=(/usr/bin/time -a -o "$work/memory" -f %M)
ingest_one() { # LAKE: a capture that it does not have
	local next
	next=$(find "$work/new" -type f | sort | head -n 1)
	"${timer[@]}" "$program" --lake "$1" ingest "$next"
	rm "$next"
}
ask="SELECT src_ip, dst_ip FROM packets LIMIT 1"
measure_ingest() { # NAME LAKE, after all others: it writes a checkpoint
	: >"$work/memory"
	took "\`ingest\` of one capture, $1" ingest_one "$2"
	awk -v name="memory of that, $1" '{ if ($1 > most) most = $1 } END { printf "| %s | %.0f MB |\n", name, most / 1e3 }' "$work/memory"
}
measure() { # NAME LAKE
	took "one row of one night, $1" "$program" --lake "$2" query --from 2026-01-15 --to 2026-01-16 "$ask"
	took "the night's captures counted, $1" "$program" --lake "$2" query --from 2026-01-15 --to 2026-01-16 "SELECT count(*) FROM captures"
	took "\`plan\` of two nights, of which the lake has one, $1" "$program" --lake "$2" plan "$work/archive" -o "$work/plan"
}
case $stores in
*folder*)
	measure folder "$work/s3/lakes/year"
	took "\`files packets\` of the year, folder" "$program" --lake "$work/s3/lakes/year" files packets
	;;
esac
case $stores in
*s3*)
	mkdir -p "$tools" "$work/sidecar"
	[ -x "$tools/versitygw" ] || GOBIN=$tools go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
	export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=testtest AWS_REGION=us-east-1 AWS_ENDPOINT_URL=http://127.0.0.1:${PORT:-7071}
	"$tools/versitygw" --access test --secret testtest --port "127.0.0.1:${PORT:-7071}" --access-log "$work/s3.log" --keep-alive --quiet \
		posix --sidecar "$work/sidecar" "$work/s3" >"$work/s3.out" 2>&1 &
	server=$!
	sleep 1
	measure S3 s3://lakes/year
	if [ -n "${DELAY:-}" ]; then
		AWS_ENDPOINT_URL=http://127.0.0.1:$((${PORT:-7071} + 1))
		"$work/simulate" -listen "${AWS_ENDPOINT_URL#http://}" -server "http://127.0.0.1:${PORT:-7071}" -delay "$DELAY" &
		server="$server $!"
		sleep 1
		measure "$DELAY a request, S3" s3://lakes/year
		AWS_ENDPOINT_URL=http://127.0.0.1:${PORT:-7071}
	fi
	measure_ingest S3 s3://lakes/year
	;;
esac
case $stores in *folder*) measure_ingest folder "$work/s3/lakes/year" ;; esac
