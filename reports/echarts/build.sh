#!/bin/sh
# Makes echarts.bundle.js, the script that reports embed. usage: build.sh [FILE]   needs node and npm
set -eu
out=$(realpath "${1:-$(dirname "$0")/echarts.bundle.js}")
cd "$(dirname "$0")"
npm ci --silent --ignore-scripts
{
	printf '/*\n'
	cat NOTICE
	printf '*/\n'
	node_modules/.bin/esbuild charts.js --bundle --minify --format=iife --global-name=pcaplakeCharts --target=es2018 --charset=ascii \
		--legal-comments=none --define:process.env.NODE_ENV='"production"' --log-level=warning
} >"$out"
