#!/usr/bin/env bash
# deploy/spark/ingest.py on two executors of Spark (pyspark of PyPI; each is a process of its own), of which one is killed when its shard is partly committed, together with
# all that it had started, as when a machine is lost. Spark must have noticed it and must have done the shard again.
#
# usage: scripts/spark_lost.sh PROGRAM VENV LAKE SOURCES…
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1") venv=$(realpath "$2") lake=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/events"

# Stands for the program: the last shard, which has the most and smallest captures, ends its own executor once some of them are committed.
cat >"$work/pcaplake" <<-SH
	#!/usr/bin/env bash
	case "\$*" in *" --shard -") ;; *) exec "$program" "\$@" ;; esac
	read -r number
	[ "\$number" = 7 ] && mkdir "$work/first" 2>/dev/null || exec "$program" "\$@" <<<"\$number"
	committed() { find "$lake/_manifests" -name 'c-*' | wc -l; }
	before=\$(committed)
	"$program" "\$@" <<<"\$number" &
	shard=\$!
	until [ "\$(committed)" -ge \$((before + 5)) ]; do sleep 0.01; done
	kill -STOP \$shard || exit 1 # it was done before
	above=\$\$ family=()
	until tr '\0' ' ' <"/proc/\$above/cmdline" | grep -q 'CoarseGrainedExecutorBackend.*--executor-id'; do
		family=("\$above" "\${family[@]}")
		above=\$(ps -o ppid= -p "\$above" | tr -d ' ')
	done
	committed >"$work/committed"
	kill -9 "\$above" \$shard "\${family[@]}"
SH
chmod +x "$work/pcaplake"
export PATH=$venv/bin:$PATH PYSPARK_PYTHON=$venv/bin/python
status=0
spark-submit --master 'local-cluster[2,1,1024]' --conf spark.ui.enabled=false --conf spark.eventLog.enabled=true \
	--conf "spark.eventLog.dir=file://$work/events" --conf spark.eventLog.compress=false deploy/spark/ingest.py \
	--lake "$lake" --binary "$work/pcaplake" --target 1KB --max-shards 8 "$@" >"$work/out" 2>"$work/log" || status=$?
[ "$status" = 0 ] || [ "$status" = 3 ] || { tail -n 40 "$work/log" >&2; exit "$status"; } # 3: captures that cannot be read
happened() { cat "$work"/events/*/events_* | grep "\"Event\":\"SparkListener$1\"" | grep -c "$2" || true; }
lost=$(happened ExecutorRemoved .) again=$(happened TaskEnd ExecutorLostFailure)
if [ ! -s "$work/committed" ] || [ "$lost" -ne 1 ] || [ "$again" -lt 1 ]; then
	echo "spark_lost: $lost executors were lost and $again tasks with them, of one each" >&2
	exit 1
fi
echo "killed an executor of two, with $(cat "$work/committed") captures committed; $again task ran again"
