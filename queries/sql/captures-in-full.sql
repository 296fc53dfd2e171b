-- title: Captures in full
-- doc: All that is known of every capture, in order of its first packet: interfaces with their statistics, reasons of what was rejected or
-- malformed, where the file is damaged, hashes, options. Made for -f json.

SELECT * FROM captures
ORDER BY first_ts NULLS LAST, source, capture_id
