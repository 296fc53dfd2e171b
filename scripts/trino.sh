#!/usr/bin/env bash
# Trino on one node, on loopback, reads a lake in a folder and one on S3 (versitygw), each from the lake's own folders by its Hive connector and as tables of Iceberg behind a
# REST server, and is held against DuckDB by deploy/trino/compare.py; also after an ingest and a compaction. The lake in the folder has files of the first schema, which lack
# columns, and two sensors. Needs a Java of 24 or newer (scripts/java.sh); mvn once, for an archive of 820 MB, of which 480 MB are kept in TOOLS/trino.
#
# usage: scripts/trino.sh PROGRAM TOOLS CAPTURES…
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1") tools=$(realpath "$2")
shift 2
java=$(scripts/java.sh 24)
version=476
# shellcheck source=scripts/servers.sh
. scripts/servers.sh
servers "$(mktemp -d)" "$tools"

install() {
	local part=$tools/trino.part
	rm -rf "$part"
	mkdir -p "$part/server"
	maven copy -Dartifact=io.trino:trino-server:$version:tar.gz -DoutputDirectory="$part" -Dmaven.repo.local="$part/repository"
	rm -rf "$part/repository"
	tar xzf "$part/trino-server-$version.tar.gz" -C "$part/server" --strip-components=1
	find "$part/server/plugin" -mindepth 1 -maxdepth 1 ! -name hive ! -name iceberg -exec rm -rf {} +
	rm -rf "$tools/trino"
	mv "$part/server" "$tools/trino"
	rm -rf "$part"
}
[ -x "$tools/trino/bin/launcher" ] || install
[ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
"$tools/venv/bin/python" -c "import trino" 2>/dev/null || "$tools/venv/bin/pip" install -q trino==0.340.0

port=$((20000 + RANDOM % 9000))
etc=$work/etc
# configure NAME PROPERTIES: a catalog, whose files may lie in folders and on S3.
configure() {
	cat >"$etc/catalog/$1.properties" <<-END
		$2
		fs.native-local.enabled=true
		local.location=/
		fs.native-s3.enabled=true
		s3.endpoint=$AWS_ENDPOINT_URL
		s3.region=$AWS_REGION
		s3.path-style-access=true
		s3.aws-access-key=$AWS_ACCESS_KEY_ID
		s3.aws-secret-key=$AWS_SECRET_ACCESS_KEY
	END
}
hive="connector.name=hive
hive.metastore=file
hive.recursive-directories=true
hive.timestamp-precision=MICROSECONDS"
rest="connector.name=iceberg
iceberg.catalog.type=rest"
gateway
folder='' remote=''
catalog folder "file://$work/warehouse"
catalog remote s3://lakes/warehouse
mkdir -p "$etc/catalog"
configure hive_folder "$hive
hive.metastore.catalog.dir=local://$work/metastore/folder"
configure hive_s3 "$hive
hive.metastore.catalog.dir=local://$work/metastore/s3"
configure iceberg_folder "$rest
iceberg.rest-catalog.uri=$folder"
configure iceberg_s3 "$rest
iceberg.rest-catalog.uri=$remote"
printf '%s\n' coordinator=true node-scheduler.include-coordinator=true http-server.http.port=$port discovery.uri=http://127.0.0.1:$port \
	query.max-memory=512MB query.max-memory-per-node=512MB memory.heap-headroom-per-node=256MB >"$etc/config.properties"
printf '%s\n' node.environment=scale node.bind-ip=127.0.0.1 node.internal-address=127.0.0.1 >"$etc/node.properties"
printf '%s\n' -Xmx1536M -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -Djdk.attach.allowAttachSelf=true --enable-native-access=ALL-UNNAMED \
	--sun-misc-unsafe-memory-access=allow >"$etc/jvm.config"
began=$SECONDS
"$tools/trino/bin/launcher" run --jvm-dir "$java" --etc-dir "$etc" --data-dir "$work/data" >"$work/trino.log" 2>&1 &
started+=($!)

lakes=("$work/lake" s3://lakes/lake)
catalogs=("$folder" "$remote")
ingest() { # LAKE CAPTURES…; status 3 says that a capture is truncated
	"$program" --lake "$1" ingest "${@:2}" >/dev/null 2>"$work/ingest.log" || [ $? -eq 3 ] || { cat "$work/ingest.log" >&2; exit 1; }
}
publish() { # all lakes
	local i
	for i in 0 1; do "$program" --lake "${lakes[i]}" publish iceberg --catalog "${catalogs[i]}" >/dev/null; done
}
compare() {
	"$tools/venv/bin/python" deploy/trino/compare.py --binary "$program" --server "http://127.0.0.1:$port" "$@"
}
cp -r testdata/lakes/v1 "$work/lake"
ingest "${lakes[0]}" "$@"
ingest "${lakes[0]}" --sensor tap-2 testdata/ipv6.pcapng.zst
ingest "${lakes[1]}" "$@"
publish
until curl -sf "http://127.0.0.1:$port/v1/info" | grep -q '"starting":false'; do
	kill -0 "${started[-1]}" 2>/dev/null && [ $((SECONDS - began)) -lt 180 ] || { tail -n 20 "$work/trino.log" >&2; exit 1; }
	sleep 0.5
done
printf 'Trino %s started in %d s\n' "$version" $((SECONDS - began))
compare --lake "${lakes[0]}" --hive hive_folder --iceberg iceberg_folder
compare --lake "${lakes[1]}" --hive hive_s3 --iceberg iceberg_s3
ingest "${lakes[1]}" --payload 64 testdata/dns.pcap testdata/ipv6.pcapng.zst
compact "$program" "${lakes[1]}" "$work/s3/lakes/lake"
publish
"$program" --lake "${lakes[1]}" expire --grace 0s >/dev/null 2>&1
echo "after an ingest and a compaction:"
compare --lake "${lakes[1]}" --hive hive_s3 --iceberg iceberg_s3
