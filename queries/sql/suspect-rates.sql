-- title: New flows in a second
-- doc: The most flows in a second of every bin that an address began, and that others began with it, beside the rate from which on a flood is looked for. Empty bins included.
-- param: address VARCHAR - the address; the most frequent source address when not given
-- param: bins INTEGER 400 points a direction at most
-- chart: line ts flows_per_second direction limit flood.min_rate
-- extract: flow_id IS NOT NULL AND $address IN (src_ip, dst_ip)
-- report: suspects 12

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), seen AS (
  SELECT bin_start(first_ts, 1000000) AS second, 'begun' AS direction, count(*) AS flows FROM flows JOIN chosen ON src_ip = address GROUP BY second
  UNION ALL
  SELECT bin_start(first_ts, 1000000) AS second, 'asked', count(*) FROM flows JOIN chosen ON dst_ip = address WHERE src_ip <> dst_ip GROUP BY second
), span AS (
  SELECT min(second) AS first_ts, max(second) AS last_ts, greatest(round_width(micros_between(min(second), max(second)) // greatest($bins - 1, 1) + 1), 1000000) AS width_us FROM seen
), binned AS (
  SELECT bin_start(second, width_us) AS ts, direction, flows FROM seen CROSS JOIN span
  UNION ALL
  SELECT bin_after(bin_start(first_ts, width_us), width_us, n), direction, 0
  FROM (SELECT *, unnest(range(0, CAST(micros_between(bin_start(first_ts, width_us), last_ts) // width_us AS BIGINT) + 1)) AS n FROM span)
  CROSS JOIN (VALUES ('begun'), ('asked')) AS d(direction)
)
SELECT binned.ts, direction, max(flows) AS flows_per_second, CAST(sum(flows) AS BIGINT) AS flows, width_us / 1e6 AS bin_seconds
FROM binned CROSS JOIN span
WHERE binned.ts IS NOT NULL
GROUP BY binned.ts, direction, width_us
ORDER BY direction DESC, binned.ts
