-- title: Packets and bytes over time
-- doc: Frames and bytes on the wire by bins of one round width, of empty bins none.
-- param: bins INTEGER 1000 points at most
-- chart: line ts wire_bytes

WITH span AS (
  SELECT round_width(micros_between(min(ts), max(ts)) // greatest($bins - 1, 1) + 1) AS width_us FROM packets
), binned AS (
  SELECT bin_start(ts, width_us) AS bin, wire_len, width_us FROM packets CROSS JOIN span WHERE ts IS NOT NULL
)
SELECT bin AS ts, count(*) AS packets, CAST(sum(wire_len) AS BIGINT) AS wire_bytes, width_us / 1e6 AS bin_seconds
FROM binned
GROUP BY bin, width_us
ORDER BY bin
