#!/usr/bin/env bash
# The same captures by every way that docs/scaling.md tells of: one process, eight shards, Spark, Airflow, Slurm, into a folder and into S3 (versitygw), while a process, an
# executor and a node are lost. The lakes must be the same, byte for byte, and so must answers be: of DuckDB from S3, of Spark, of Iceberg's tables, of ClickHouse and of Trino.
#
# What it needs from PyPI, Maven and Go is put into the folder that SCALE_TOOLS names; from Debian come openjdk-17-jre-headless, maven, curl, slurmctld, slurmd, slurm-client and
# munge. Slurm takes root, and Trino a Java of 24 or newer. SCALE_SKIP leaves out: airflow, kubernetes, slurm, rest, trino; what is left out is named at the end.
#
# usage: scripts/scale.sh PROGRAM [CAPTURES…]   without captures: 300 of ../shared/captures, evenly from its list, damaged ones among them
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
shift
tools=${SCALE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/pcaplake-scale}
skip=" ${SCALE_SKIP:-} "
runs() { [[ $skip != *" $1 "* ]]; }
wants() { command -v "$1" >/dev/null || { echo "scale: $1 is missing: install $2" >&2; exit 1; }; }
mkdir -p "$tools"
[ -x "$tools/venv/bin/spark-submit" ] || { python3 -m venv "$tools/venv" && "$tools/venv/bin/pip" install -q pyspark==4.0.1 sqlglot==30.30.0; }
"$tools/venv/bin/python" -c "import chdb, kubernetes_validate" 2>/dev/null || "$tools/venv/bin/pip" install -q chdb==4.4.0 kubernetes-validate==1.37.0
[ -x "$tools/airflow/bin/airflow" ] || ! runs airflow || { python3 -m venv "$tools/airflow" && "$tools/airflow/bin/pip" install -q --no-input apache-airflow==3.3.2; }
wants java openjdk-17-jre-headless
! runs rest && ! runs trino || wants mvn maven
! runs trino || scripts/java.sh 24 >/dev/null
! runs slurm || wants slurmctld "slurmctld slurmd slurm-client munge"

# shellcheck source=scripts/servers.sh
. scripts/servers.sh
servers "$(mktemp -d)" "$tools"
gateway
archive=$work/s3/archive # a folder, and a bucket
mkdir -p "$archive"
collection=../shared/captures/MANIFEST.tsv
if [ $# -eq 0 ] && [ -f "$collection" ]; then
	awk -F '\t' 'NR > 1 && !seen[$3]++ { print $1 }' "$collection" | LC_ALL=C sort >"$work/list"
	awk -v n="$(wc -l <"$work/list")" 'int(NR * 300 / n) > int((NR - 1) * 300 / n)' "$work/list" >"$work/chosen"
	mapfile -t chosen <"$work/chosen"
	set -- "${chosen[@]/#/../shared/captures/}"
elif [ $# -eq 0 ]; then
	[ -z "${CI:-}" ] || { echo "scale: $collection is missing" >&2; exit 1; }
	echo "scale: $collection is missing: the captures of testdata/ are taken"
	set -- testdata/*.pcap testdata/*.pcap*.gz testdata/*.pcap*.zst
fi
number=0
for capture; do
	number=$((number + 1))
	cp "$capture" "$archive/$(printf %03d "$number")-$(basename "$capture")"
done

lap=$SECONDS
row() { # NAME WHAT
	printf '%-36s %-76s %4d s\n' "$1" "$2" $((SECONDS - lap))
	lap=$SECONDS
}
differ() { echo "scale: $1" >&2; exit 1; }
# Not of the lake: what a machine keeps for itself, and what a killed process left behind, which expire removes.
beside=(-x _runs -x _plans -x _index -x _staging -x '.put-*')
files() { find "$1" -type f -not -path '*/_[rpis]*' -not -name '.put-*' | wc -l; }
same() { # NAME LAKE REFERENCE [WHAT]
	diff -r "${beside[@]}" "$3" "$2" >&2 || differ "$1: not the lake of one process"
	row "$1" "same lake, $(files "$2") files${4:+; $4}"
}
may() { "$@" || [ $? -eq 3 ]; } # 3: some captures cannot be read
one() { may "$program" --lake "$1" ingest "$2" >/dev/null 2>&1; }
shards() { # LAKE FOLDER SOURCE: eight shards, each a process of its own; the last is killed when it has committed captures, and it and the first are done again
	"$program" --lake "$1" plan --target 1KB --max-shards 8 "$3" >"$work/plan"
	local plan i tasks=() status=0
	plan=$(sed -n 's/.*"plan":"\([0-9a-f]*\)".*/\1/p' "$work/plan" | tail -n 1)
	for i in 7 6 5 4 3 2 1 0; do
		"$program" --lake "$1" ingest --jobs 1 --plan "$plan" --shard "$i" >/dev/null 2>&1 &
		tasks+=($!)
	done
	until [ -n "$(find "$2/_manifests" -name 'c-*' 2>/dev/null)" ]; do sleep 0.01; done
	kill -9 "${tasks[0]}" 2>/dev/null || true
	wait "${tasks[0]}" 2>/dev/null || status=$?
	[ "$status" = 137 ] || differ "the shard to be killed ended with $status before"
	wait "${tasks[@]:1}"
	for i in 0 7; do "$program" --lake "$1" ingest --jobs 1 --plan "$plan" --shard "$i" >/dev/null 2>&1; done
	may "$program" --lake "$1" publish --plan "$plan" >/dev/null 2>&1
}
unsourced() { # LAKE: its manifests but for the names of their sources and the digests that cover them
	find "$1/_manifests" -type f | LC_ALL=C sort | xargs cat | grep -vE '"(source|digest)":'
}

lakes=$work/s3/lakes
one "$work/one" "$archive"
row "one process" "$(files "$work/one") files of $number captures"
one s3://lakes/one s3://archive/
diff -r "${beside[@]}" -x _manifests "$work/one" "$lakes/one" >&2 || differ "one process, S3: not the lake of a folder"
diff <(unsourced "$work/one") <(unsourced "$lakes/one") >&2 || differ "one process, S3: not the manifests of a folder"
row "one process, S3" "same lake, $(files "$lakes/one") files; sources have other names"
shards "$work/eight" "$work/eight" "$archive"
same "8 shards, one killed" "$work/eight" "$work/one"
shards s3://lakes/eight "$lakes/eight" s3://archive/
same "8 shards, one killed, S3" "$lakes/eight" "$lakes/one"
told=$(scripts/spark_lost.sh "$program" "$tools/venv" "$work/spark" "$archive")
same "Spark, an executor of two killed" "$work/spark" "$work/one" "$told"
if runs airflow; then
	told=$(scripts/shards_airflow.sh "$program" "$tools/airflow" s3://lakes/airflow s3://archive/)
	same "Airflow, S3" "$lakes/airflow" "$lakes/one" "$told"
fi
if runs slurm; then
	told=$(scripts/slurm.sh "$program" "$work/slurm" "$archive")
	same "Slurm, a node of two lost" "$work/slurm" "$work/one" "$told"
fi
if runs kubernetes; then
	told=$("$tools/venv/bin/python" -m kubernetes_validate --strict deploy/k8s/ingest.yaml 2>&1)
	row Kubernetes "${told#*.yaml }"
fi

asked=0
for query in queries/sql/*.sql; do
	query=$(basename "$query" .sql)
	diff <("$program" --lake "$work/one" query "$query" | sed "s|$archive/|s3://archive/|g") <("$program" --lake s3://lakes/eight query "$query") >&2 ||
		differ "$query: another answer from S3"
	asked=$((asked + 1))
done
row "DuckDB, S3" "$asked queries give the answers of the folder"
export PATH=$tools/venv/bin:$PATH PYSPARK_PYTHON=$tools/venv/bin/python
submit() { spark-submit --master 'local[2]' --conf spark.ui.enabled=false "$@" 2>"$work/spark.log" || { tail -n 40 "$work/spark.log" >&2; return 1; }; }
told=$(deploy/spark/compare.sh "$program" "$archive" | tail -n 1)
row "Spark SQL" "$told"
publish="$program --lake $work/spark publish iceberg --warehouse $work/warehouse"
$publish >/dev/null
then=". scripts/servers.sh && $program --lake $work/spark ingest --payload 64 testdata/dns.pcap testdata/ipv6.pcapng.zst && compact $program $work/spark $work/spark && $publish"
told=$(submit --packages org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.11.0 deploy/spark/iceberg.py \
	--lake "$work/spark" --warehouse "$work/warehouse" --binary "$program" --then "bash -c '$then' >/dev/null" | tail -n 1)
row "Iceberg in a folder, by Spark" "${told#*: }"
told=$("$tools/venv/bin/python" deploy/clickhouse/compare.py --lake "$work/spark" --binary "$program" | tail -n 1)
row ClickHouse "${told#*: }"
if runs rest; then
	scripts/iceberg_rest.sh "$program" "$tools" "$archive"
	row "Iceberg behind REST" "held by scripts/iceberg_rest.sh, above"
fi
if runs trino; then
	scripts/trino.sh "$program" "$tools" "$archive"
	row Trino "held by scripts/trino.sh, above"
fi
[ -z "${SCALE_SKIP:-}" ] || echo "not run: $SCALE_SKIP"
