-- title: Captures
-- doc: Every capture of the lake, in order of its first packet: what was read of it and what was not. captures-in-full has all that is known.
-- report: captures 10

SELECT source, sensor, format, status, frames, "rows", rejected, malformed, first_ts, last_ts, coalesce(error, damage[1]) AS problem
FROM captures
ORDER BY first_ts NULLS LAST, source, capture_id
