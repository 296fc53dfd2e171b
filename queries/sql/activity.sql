-- title: Activity by hour and day
-- doc: Frames and bytes on the wire by hour (UTC), of hours without packets none.
-- param: hours INTEGER 2000 hours shown, the last ones
-- chart: heat ts wire_bytes
-- extract: ts IS NOT NULL
-- report: network 20
-- cube: hour wire_bytes

WITH hours AS (
  SELECT bin_start(ts, 3600000000) AS ts, count(*) AS packets, CAST(sum(wire_len) AS BIGINT) AS wire_bytes
  FROM packets WHERE ts IS NOT NULL GROUP BY 1 ORDER BY 1 DESC LIMIT $hours
)
SELECT ts, packets, wire_bytes FROM hours
WHERE ts IS NOT NULL
ORDER BY ts
