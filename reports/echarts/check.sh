#!/bin/sh
# Fails when the committed bundle is not what build.sh makes from the pinned packages.
set -eu
cd "$(dirname "$0")"
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
./build.sh "$fresh"
cmp echarts.bundle.js "$fresh" || { echo "reports/echarts/echarts.bundle.js is stale: run reports/echarts/build.sh" >&2; exit 1; }
! grep -n '"resolved"' package-lock.json || { echo "package-lock.json names a registry: see .npmrc" >&2; exit 1; }
