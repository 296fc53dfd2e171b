#!/bin/sh
# The card's exact modules, in a module of their own, read every table that we write. usage: card.sh GO
set -eu
go=${1:-go}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$go" run ./internal/cardfiles "$PWD/testdata" "$dir"
cd compat/card
PCAPLAKE_CARD_DIR=$dir "$go" test -count=1 ./...
