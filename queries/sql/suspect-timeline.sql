-- title: Bytes sent and received over time
-- doc: IP bytes on the wire that an address sent and received, by bins of one round width, empty bins included.
-- param: address VARCHAR - the address; the most frequent source address when not given
-- param: bins INTEGER 400 points a direction at most
-- chart: line ts wire_bytes direction
-- extract: ip_version IS NOT NULL AND $address IN (src_ip, dst_ip)
-- report: suspects 10

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), seen AS (
  SELECT ts, wire_len, 'sent' AS direction FROM packets JOIN chosen ON src_ip = address WHERE ts IS NOT NULL AND ip_version IS NOT NULL
  UNION ALL
  SELECT ts, wire_len, 'received' FROM packets JOIN chosen ON dst_ip = address WHERE ts IS NOT NULL AND ip_version IS NOT NULL AND src_ip <> dst_ip
), span AS (
  SELECT min(ts) AS first_ts, max(ts) AS last_ts, round_width(micros_between(min(ts), max(ts)) // greatest($bins - 1, 1) + 1) AS width_us FROM seen
), binned AS (
  SELECT bin_start(ts, width_us) AS ts, direction, wire_len, 1 AS packets FROM seen CROSS JOIN span
  UNION ALL
  SELECT bin_after(bin_start(first_ts, width_us), width_us, n), direction, 0, 0
  FROM (SELECT *, unnest(range(0, CAST(micros_between(bin_start(first_ts, width_us), last_ts) // width_us AS BIGINT) + 1)) AS n FROM span)
  CROSS JOIN (VALUES ('sent'), ('received')) AS d(direction)
)
SELECT binned.ts, direction, CAST(sum(wire_len) AS BIGINT) AS wire_bytes, CAST(sum(packets) AS BIGINT) AS packets, width_us / 1e6 AS bin_seconds
FROM binned CROSS JOIN span
WHERE binned.ts IS NOT NULL
GROUP BY binned.ts, direction, width_us
ORDER BY direction DESC, binned.ts
