# shellcheck shell=bash
# Servers on loopback for scripts that hold engines against a lake: to be sourced. They end with the script.
#
#   servers WORK TOOLS   a folder of what they keep, and the one of programs that are installed once
#   maven GOAL OPTIONS…  copies artifacts, by the goal of Maven's dependency plugin
#   gateway              an S3 server (versitygw) with the bucket lakes, which is the folder WORK/s3/lakes; sets the variables of AWS
#   compact PROGRAM LAKE FOLDER   compacts a lake that lies in a folder or, on S3, is kept in one, as if it were two days old: what is younger than one is left alone
#   catalog NAME WAREHOUSE   a server of Iceberg's REST protocol (scripts/iceberg); its address is in the variable NAME
servers() {
	work=$1 tools=$2 started=()
	trap '[ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null || true; wait || true; rm -rf "$work"' EXIT
}
maven() { # GOAL OPTIONS…: what is to be copied from Maven's repository
	command -v mvn >/dev/null || { echo "mvn is missing: install maven" >&2; exit 1; }
	mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:"$1" "${@:2}" >"$work/mvn.log" 2>&1 || { tail -n 20 "$work/mvn.log" >&2; exit 1; }
}
gateway() {
	local port=$((20000 + RANDOM % 9000))
	export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=testtest AWS_REGION=us-east-1 AWS_ENDPOINT_URL=http://127.0.0.1:$port PCAPLAKE_CACHE=$work/cache
	mkdir -p "$work/s3/lakes" "$work/sidecar"
	[ -x "$tools/versitygw" ] || GOBIN=$tools go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
	"$tools/versitygw" --access test --secret testtest --port "127.0.0.1:$port" --quiet posix --sidecar "$work/sidecar" "$work/s3" >"$work/s3.log" 2>&1 &
	started+=($!)
	until (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		kill -0 $! 2>/dev/null || { tail "$work/s3.log" >&2; exit 1; }
		sleep 0.1
	done
}
compact() {
	find "$3/_manifests" -type f -exec touch -d '2 days ago' {} +
	"$1" --lake "$2" compact | grep -q '"status":"ok"' || { echo "compact: nothing was merged" >&2; return 1; }
}
catalog() {
	local jars=$tools/iceberg-1.11.0 log=$work/$1.log address
	if [ ! -d "$jars" ]; then
		rm -rf "$jars.part"
		maven copy-dependencies -f scripts/iceberg/pom.xml -DoutputDirectory="$jars.part"
		mv "$jars.part" "$jars"
	fi
	: >"$log"
	java -Xmx256m -cp "$jars/*" org.eclipse.jetty.xml.XmlConfiguration port=0 database="$work/$1.db" warehouse="$2" scripts/iceberg/server.xml >"$log" 2>&1 &
	started+=($!)
	for _ in $(seq 300); do
		address=$(sed -n 's/.* Started oejs.ServerConnector.*{\(127.0.0.1:[0-9]*\)}.*/\1/p' "$log")
		[ -z "$address" ] || break
		kill -0 $! 2>/dev/null || break
		sleep 0.1
	done
	[ -n "$address" ] || { tail "$log" >&2; exit 1; }
	printf -v "$1" 'http://%s' "$address"
}
