#!/bin/sh
# Ingests an archive as a Slurm array, a task for each shard, and publishes when all are done:
#
#   deploy/slurm/ingest.sh LAKE SOURCE…
#
# Lake and sources are URLs or lie on a file system that all nodes have. TASKS bounds how many run at once (default 50), SHARDS how many there are (1000; Slurm's
# MaxArraySize is 1001 unless set), TARGET how much a shard has (2GiB), PCAPLAKE names the program. A task whose node was lost is queued again (--requeue).
set -eu
lake=$1
shift
pcaplake=${PCAPLAKE:-pcaplake}
summary=$("$pcaplake" --lake "$lake" plan --max-shards "${SHARDS:-1000}" --target "${TARGET:-2GiB}" "$@" | tail -n 1)
plan=$(printf '%s' "$summary" | sed 's/.*"plan":"\([0-9a-f]*\)".*/\1/')
shards=$(printf '%s' "$summary" | sed 's/.*"shards":\([0-9]*\).*/\1/')
if [ "$shards" = 0 ]; then
	echo "nothing to do" >&2
	exit 0
fi
# The index comes as SLURM_ARRAY_TASK_ID.
array=$(sbatch --parsable --requeue --job-name=pcaplake --array="0-$((shards - 1))%${TASKS:-50}" --wrap "exec '$pcaplake' --lake '$lake' ingest --jobs 1 --plan $plan")
sbatch --job-name=pcaplake-publish --dependency="afterok:$array" --kill-on-invalid-dep=yes --wrap "exec '$pcaplake' --lake '$lake' publish --plan $plan"
