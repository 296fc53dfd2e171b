-- title: Gaps between captures
-- doc: The times in which a sensor has no capture, longer than three times the median length of its captures and than one second.
-- report: coverage 20

WITH spans AS (
  SELECT sensor, first_ts, last_ts,
         max(last_ts) OVER (PARTITION BY sensor ORDER BY first_ts, last_ts, capture_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to,
         median(micros_between(first_ts, last_ts)) OVER (PARTITION BY sensor) AS median_us
  FROM captures WHERE first_ts IS NOT NULL
)
SELECT sensor, covered_to AS gap_from, first_ts AS gap_to, micros_between(covered_to, first_ts) / 1e6 AS seconds
FROM spans
WHERE micros_between(covered_to, first_ts) > greatest(3 * median_us, 1000000)
ORDER BY gap_from, sensor, gap_to
