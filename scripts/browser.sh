#!/bin/sh
# Opens the page in Chromium with the network blocked and holds it to what it promises. usage: browser.sh PAGE
set -eu
page=$(realpath "$1")
cd "$(dirname "$0")/../reports/browser"
npm ci --silent --no-fund --no-audit
node check.mjs "$page"
