#!/bin/sh
# Opens the page in Chromium with the network blocked and holds it to what it promises. usage: browser.sh PAGE [FOLDER for screenshots]
set -eu
page=$(realpath "$1")
[ $# -lt 2 ] || set -- "$1" "$(realpath -m "$2")"
cd "$(dirname "$0")/../reports/browser"
npm ci --silent --no-fund --no-audit
node check.mjs "$page" ${2+"$2"}
