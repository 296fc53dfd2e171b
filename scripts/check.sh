#!/bin/sh
# Formatting, vet, staticcheck and generated files. usage: check.sh GOFUMPT STATICCHECK GO
set -eu
gofumpt=$1
staticcheck=$2
go=$3

unformatted=$($gofumpt -l .)
[ -z "$unformatted" ] || { echo "not gofumpt'd:" "$unformatted" >&2; exit 1; }
$go vet ./... ./testdata/gen
$staticcheck ./... ./testdata/gen
(cd compat/card && $go vet ./...)
$go mod tidy -diff
$go mod verify >/dev/null
