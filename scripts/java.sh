#!/usr/bin/env bash
# Prints the folder of a Java of at least a version: the newest among those that JAVA_HOME and JAVA_HOME_NN name, those below /usr/lib/jvm, and that on the PATH.
#
# usage: scripts/java.sh VERSION   exit status 1 when there is none
set -euo pipefail
candidates=(/usr/lib/jvm/*)
for name in JAVA_HOME $(compgen -e JAVA_HOME_); do candidates+=("${!name:-}"); done
java=$(command -v java || true)
[ -z "$java" ] || candidates+=("$(dirname "$(dirname "$(realpath "$java")")")")
best=$(($1 - 1)) found=
for folder in "${candidates[@]}"; do
	[ -x "$folder/bin/java" ] || continue
	version=$("$folder/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
	[ "${version:-0}" -gt "$best" ] && best=$version found=$folder
done
[ -n "$found" ] || { echo "no Java of version $1 or newer: name one by JAVA_HOME" >&2; exit 1; }
echo "$found"
