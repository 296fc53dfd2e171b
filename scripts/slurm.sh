#!/usr/bin/env bash
# deploy/slurm/ingest.sh on a real Slurm of Debian (slurmctld, slurmd, slurm-client, munge; root): a cluster of two nodes on loopback, of which one is lost in mid-run;
# the shard that it had must be done again.
#
# usage: scripts/slurm.sh PROGRAM LAKE SOURCES…
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1") lake=$2
shift 2
for tool in slurmctld slurmd sbatch munged; do
	command -v "$tool" >/dev/null || { echo "slurm: $tool is missing: install slurmctld slurmd slurm-client munge" >&2; exit 1; }
done
work=$(mktemp -d)
started=()
stop() {
	scancel --quiet --full -u root 2>/dev/null || true
	[ ${#started[@]} -eq 0 ] || kill -9 "${started[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$work"
}
trap stop EXIT
host=$(hostname -s)
mkdir -p "$work/munge" "$work/state" "$work/a" "$work/b"
head -c 1024 /dev/urandom >"$work/munge/key"
chown -R munge "$work/munge" && chmod 700 "$work/munge" && chmod 400 "$work/munge/key" && chmod 755 "$work"
mkdir "$work/run" && chown munge "$work/run"
setpriv --reuid munge --regid munge --clear-groups munged --foreground --key-file "$work/munge/key" --socket "$work/run/socket" --pid-file "$work/munge/pid" \
	--log-file "$work/munge/log" --seed-file "$work/munge/seed" >/dev/null 2>&1 &
started+=($!)
cat >"$work/slurm.conf" <<-CONF
	ClusterName=pcaplake
	SlurmctldHost=$host(127.0.0.1)
	SlurmctldPort=$((20000 + RANDOM % 9000))
	AuthType=auth/munge
	AuthInfo=socket=$work/run/socket
	CryptoType=crypto/munge
	SlurmUser=root
	StateSaveLocation=$work/state
	SlurmdSpoolDir=$work/%n
	SlurmctldPidFile=$work/ctld.pid
	SlurmdPidFile=$work/%n.pid
	SlurmctldLogFile=$work/ctld.log
	SlurmdLogFile=$work/%n.log
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	MpiDefault=none
	SelectType=select/cons_tres
	SelectTypeParameters=CR_CPU
	SlurmdTimeout=10
	SchedulerParameters=batch_sched_delay=1,sched_interval=2
	RequeueExit=74,75
	MinJobAge=3600
	NodeName=a NodeHostname=$host NodeAddr=127.0.0.1 Port=$((29000 + RANDOM % 900)) CPUs=1
	NodeName=b NodeHostname=$host NodeAddr=127.0.0.1 Port=$((30000 + RANDOM % 900)) CPUs=1
	PartitionName=all Nodes=a,b Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
sleep 1
slurmctld -D -c >"$work/ctld.out" 2>&1 &
started+=($!)
sleep 2
declare -A node
for name in a b; do
	slurmd -D -N "$name" >"$work/$name.out" 2>&1 &
	node[$name]=$!
	started+=($!)
	disown
done
for _ in $(seq 60); do
	[ "$(sinfo -h -N -o %T 2>/dev/null | grep -c idle)" = 2 ] && break
	sleep 0.5
done
sinfo -h -N -o %T | grep -q idle || { cat "$work"/*.log >&2; exit 1; }

# Each shard takes a few seconds, so that the node is lost while it works on one.
cat >"$work/pcaplake" <<-SH
	#!/bin/sh
	case "\$*" in *--plan*ingest*|*ingest*--plan*) sleep 3;; esac
	exec $program "\$@"
SH
chmod +x "$work/pcaplake"
cd "$work"
PCAPLAKE=$work/pcaplake TARGET=1KB SHARDS=8 "$OLDPWD/deploy/slurm/ingest.sh" "$lake" "$@" >/dev/null
for _ in $(seq 100); do
	squeue -h -t R -o %N | grep -q '^b$' && break
	sleep 0.2
done
lost=$(squeue -h -t R -w b -o %A | head -n 1)
mapfile -t steps < <(pgrep -f "slurmstepd: \[$lost\.")
kill -9 "${node[b]}" "${steps[@]}"
restarts() { scontrol show job "$lost" | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p' | head -n 1; }
for _ in $(seq 240); do
	[ -n "$(squeue -h)" ] || break
	# Slurm lets a task that is queued again wait for two minutes.
	[ "$(restarts)" = 0 ] || scontrol update JobId="$lost" StartTime=now 2>/dev/null || true
	sleep 1
done
[ -z "$(squeue -h)" ] || { squeue >&2; tail "$work/ctld.log" >&2; exit 1; }
sinfo -h -N -o '%N %T' | grep -q '^b down' || { echo "slurm: the node is not down" >&2; exit 1; }
[ "$(restarts)" -gt 0 ] || { scontrol show job "$lost" >&2; echo "slurm: the task of the lost node was not queued again" >&2; exit 1; }
echo "Slurm $(sinfo --version | cut -d ' ' -f 2); the task of the lost node ran again"
