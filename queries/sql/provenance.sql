-- title: Provenance
-- doc: What was read, by the hash of its decompressed bytes (BLAKE3), and what it was read with.
-- report: provenance 10

SELECT source, content_hash, bytes, format, compression, sensor, options, tool_version, schema_version, capture_id
FROM captures
ORDER BY source, capture_id
