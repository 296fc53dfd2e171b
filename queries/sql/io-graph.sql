-- title: Packets and bytes over time
-- doc: Frames and bytes on the wire by bins of one round width, empty bins included. A bin is usual between the 5th and the 95th percentile of those that
-- are not empty. change is where the bytes of bins begin to be other than before (CUSUM of deviations from the median, slack 0.5 and limit 5 of them as in
-- changes-over-time), of 20 bins or more that are not empty.
-- param: bins INTEGER 1000 points at most
-- chart: line ts wire_bytes band usual_low usual_high mark change
-- extract: ts IS NOT NULL
-- report: network 10
-- cube: ts wire_bytes

WITH span AS (
  SELECT min(traffic.first_ts) AS first_ts, max(traffic.last_ts) AS last_ts,
         round_width(micros_between(min(traffic.first_ts), max(traffic.last_ts)) // greatest($bins - 1, 1) + 1) AS width_us
  FROM traffic
), binned AS (
  SELECT bin_start(ts, width_us) AS bin, sum(wire_len) AS wire_len, count(*) AS packets FROM packets CROSS JOIN span WHERE ts IS NOT NULL GROUP BY bin
  UNION ALL
  SELECT bin_after(bin_start(first_ts, width_us), width_us, n), 0, 0
  FROM (SELECT *, unnest(range(0, CAST(micros_between(bin_start(first_ts, width_us), last_ts) // width_us AS BIGINT) + 1)) AS n FROM span)
), points AS (
  SELECT bin AS ts, CAST(sum(packets) AS BIGINT) AS packets, CAST(coalesce(sum(wire_len), 0) AS BIGINT) AS wire_bytes
  FROM binned WHERE bin IS NOT NULL GROUP BY bin
), usual AS (
  SELECT median(wire_bytes) AS middle, greatest(1.4826 * mad(wire_bytes), 0.05 * median(wire_bytes), 1) AS deviation FROM points WHERE packets > 0 HAVING count(*) >= 20
), walked AS (
  SELECT ts, sum((wire_bytes - middle) / deviation - 0.5) OVER (ORDER BY ts) AS up, sum((middle - wire_bytes) / deviation - 0.5) OVER (ORDER BY ts) AS down
  FROM points CROSS JOIN usual WHERE packets > 0
), summed AS (
  SELECT ts, up - least(0, min(up) OVER (ORDER BY ts)) > 5 AS up, down - least(0, min(down) OVER (ORDER BY ts)) > 5 AS down FROM walked
), changes AS (
  SELECT ts, CASE WHEN up AND NOT coalesce(lag(up) OVER (ORDER BY ts), false) THEN 'up' WHEN down AND NOT coalesce(lag(down) OVER (ORDER BY ts), false) THEN 'down' END AS change
  FROM summed
)
SELECT points.ts, points.packets, wire_bytes, width_us / 1e6 AS bin_seconds,
       (SELECT quantile_disc(wire_bytes, 0.05) FROM points WHERE packets > 0) AS usual_low,
       (SELECT quantile_disc(wire_bytes, 0.95) FROM points WHERE packets > 0) AS usual_high, change
FROM points CROSS JOIN span LEFT JOIN changes ON changes.ts = points.ts
ORDER BY points.ts
