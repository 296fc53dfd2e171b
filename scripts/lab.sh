#!/bin/sh
# lab.sh PCAPLAKE DIR SEED…: labelled traffic for each seed, its scores in DIR/SEED/scores.json, and their mean and spread in Markdown.
set -eu
pcaplake=$1 dir=$2
shift 2
here=$(dirname "$0")
for seed; do
  at=$dir/$seed
  [ -f "$at/labels.csv" ] || python3 "$here/lab.py" "$seed" "$at"
  [ -f "$at/quiet/lab.pcap" ] || python3 "$here/lab.py" "$seed" "$at/quiet" quiet
  [ -d "$at/lake" ] || "$pcaplake" --lake "$at/lake" ingest "$at/lab.pcap" > "$at/ingest.json"
  "$pcaplake" --lake "$at/lake" classify eval --labels "$at/labels.csv" --baseline "$at/quiet/lab.pcap" -f json -o "$at/scores.json"
done
python3 "$here/lab_scores.py" "$dir" "$@"
