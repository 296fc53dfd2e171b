package schema

// CaptureColumn declares one column of captures. It is made from manifests when it is asked for and is never Parquet, so that its
// types may be DuckDB's lists, maps and structures.
type CaptureColumn struct {
	Name string
	Type string // in DuckDB
	Doc  string
	Unit string // "" for names, numbers without a unit and codes
}

// CaptureColumns returns the columns of captures: one row per capture, from the manifests.
func CaptureColumns() []CaptureColumn {
	return []CaptureColumn{
		{"capture_id", "VARCHAR", "32 hex digits of BLAKE3 over the stored size and bytes", ""},
		{"source", "VARCHAR", "path of the capture as it was told at ingest", ""},
		{"sensor", "VARCHAR", "name of the place where the capture was taken, as told at ingest", ""},
		{"format", "VARCHAR", "format of the file: pcap, pcapng, snoop or erf", ""},
		{"link_types", "INTEGER[]", "LINKTYPE_ values of its interfaces, as the registry of tcpdump.org numbers them", ""},
		{"frames", "BIGINT", "record headers that were read whole: rows plus rejected", ""},
		{"rows", "BIGINT", "rows of packets", ""},
		{"rejected", "BIGINT", "frames whose bytes are missing or whose length is impossible: they have no row", ""},
		{"malformed", "BIGINT", "rows of packets with a reason in malformed", ""},
		{"truncated", "BOOLEAN", "the file ends inside a record", ""},
		{"snapped", "BIGINT", "rows of packets with fewer bytes captured than were on the wire", ""},
		{"duplicates", "BIGINT", "rows of packets with dup_of_frame", ""},
		{"out_of_order", "BIGINT", "frames earlier than the one before them", ""},
		{"fragments_evicted", "BIGINT", "datagrams in fragments that were given up to make room for others", ""},
		{"fragments_unresolved", "BIGINT", "later fragments without the ports of their first, which came too late or not at all", ""},
		{"flows_evicted", "BIGINT", "rows of flows that ended to make room for others: more were open than ingest --flow-max", ""},
		{"streams_evicted", "BIGINT", "TCP connections whose messages were read no further, to stay within the memory for streams", ""},
		{"comments", "BIGINT", "comments in the capture: on frames, interfaces and sections", ""},
		{"cut_ns", "BIGINT", "frames whose time was finer than a nanosecond, and was cut", ""},
		{"dropped", "BIGINT", "packets that the capturing host lost, as the capture's own statistics say; NULL: they say nothing", ""},
		{"loss_ratio", "DOUBLE", "bytes of TCP streams that were acknowledged but never seen, as a part of all: missed / (seen + missed); NULL: no stream has any", ""},
		{"one_way", "BOOLEAN", "in more than a tenth of the flows of TCP with acknowledgements, more than half of what one side acknowledged was never seen: the capture holds one direction, and nothing may be concluded from silence; NULL: there is no such flow", ""},
		{"first_ts", "TIMESTAMP", "earliest time of a row, UTC", ""},
		{"last_ts", "TIMESTAMP", "latest time of a row, UTC", ""},
		{"bytes", "BIGINT", "length of the capture when decompressed", "B"},
		{"stored_bytes", "BIGINT", "length of the capture as it lay on disk", "B"},
		{"content_hash", "VARCHAR", "BLAKE3 of the decompressed bytes, in hex", ""},
		{"sha256", "VARCHAR", "SHA-256 of the stored bytes, in hex; NULL: ingest --sha256 was not told", ""},
		{"options", "VARCHAR", "fingerprint of the options, the sensor, the schema and the writer: 8 hex digits of BLAKE3", ""},
		{"status", "VARCHAR", "ok or failed", ""},
		{"error", "VARCHAR", "why it failed", ""},
		{"tool_version", "VARCHAR", "version of pcaplake that read it", ""},
		{"schema_version", "INTEGER", "version of the tables that it was written with", ""},
		{"rejected_by", "MAP(VARCHAR, BIGINT)", "rejected frames by reason", ""},
		{"malformed_by", "MAP(VARCHAR, BIGINT)", "malformed rows by reason", ""},
		{"compression", "VARCHAR", "gzip, zstd, xz, bzip2 or lz4; NULL: none", ""},
		{"interfaces", "VARCHAR[]", "names of its interfaces, by interface_id", ""},
		{
			"interface_info", `STRUCT("name" VARCHAR, description VARCHAR, filter VARCHAR, os VARCHAR, link_type INTEGER, snap_len BIGINT, received BIGINT, dropped BIGINT)[]`,
			"its interfaces, by interface_id: what they are called, the filter and the bytes kept of a frame (0: all), frames received and dropped by their statistics", "",
		},
		{"settings", "MAP(VARCHAR, VARCHAR)", "options that change what rows a capture gives, as it was read with them", ""},
		{"damage", "VARCHAR[]", "what is wrong with the file and where, one sentence each", ""},
		{"rewritten", `STRUCT(a VARCHAR, b VARCHAR, packets BIGINT, "offset" INTEGER)[]`, "pairs of addresses whose wrong checksums are all off by one amount: an address was rewritten after capture", ""},
	}
}
