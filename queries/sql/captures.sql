-- title: Captures
-- doc: Every capture of the lake, in order of its first packet: what was read of it and what was not.
-- report: captures 10

SELECT source, sensor, format, status, frames, "rows", rejected, malformed, truncated, snapped, out_of_order, dropped,
       first_ts, last_ts, bytes, coalesce(error, damage[1]) AS problem, capture_id
FROM captures
ORDER BY first_ts NULLS LAST, source, capture_id
