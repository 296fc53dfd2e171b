-- title: Coverage
-- doc: What the lake covers: the period, how many captures were read of those found, the gaps between them and what is missing inside them.
-- A gap is a time in which a sensor has no capture, longer than three times the median length of its captures and than one second;
-- query coverage-gaps lists them.
-- report: coverage 10

WITH spans AS (
  SELECT sensor, first_ts, last_ts,
         max(last_ts) OVER (PARTITION BY sensor ORDER BY first_ts, last_ts, capture_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to,
         median(micros_between(first_ts, last_ts)) OVER (PARTITION BY sensor) AS median_us
  FROM captures WHERE first_ts IS NOT NULL
), gaps AS (
  SELECT count(*) AS gaps, max(micros_between(covered_to, first_ts)) AS longest_us
  FROM spans WHERE micros_between(covered_to, first_ts) > greatest(3 * median_us, 1000000)
), totals AS (
  SELECT count(*) AS captures,
         count(*) FILTER (WHERE status = 'ok') AS captures_read,
         count(*) FILTER (WHERE status <> 'ok') AS failed,
         count(*) FILTER (WHERE truncated) AS truncated,
         count(DISTINCT sensor) AS sensors,
         coalesce(CAST(sum(frames) AS BIGINT), 0) AS frames,
         coalesce(CAST(sum(rejected) AS BIGINT), 0) AS rejected,
         coalesce(CAST(sum(malformed) AS BIGINT), 0) AS malformed,
         coalesce(CAST(sum(dropped) AS BIGINT), 0) AS dropped,
         min(first_ts) AS first_ts,
         max(last_ts) AS last_ts
  FROM captures
)
SELECT CASE WHEN captures = 0 THEN 'No captures.' ELSE
         coalesce(time_text(first_ts) || ' to ' || time_text(last_ts) || ' UTC: ', '')
         || grouped(captures_read) || ' of ' || counted(captures, 'capture') || ' read, ' || counted(frames, 'frame')
         || CASE WHEN gaps = 0 THEN ', no gaps' ELSE ', ' || counted(gaps, 'gap') || ' (longest ' || grouped(longest_us // 1000000) || ' s)' END
         || CASE WHEN truncated = 0 THEN ', none truncated' ELSE ', ' || grouped(truncated) || ' truncated' END
         || CASE WHEN rejected = 0 THEN '' ELSE ', ' || counted(rejected, 'frame') || ' rejected' END
         || CASE WHEN dropped = 0 THEN '' ELSE ', ' || counted(dropped, 'frame') || ' dropped while capturing' END || '.' END AS coverage,
       first_ts, last_ts, sensors, captures, captures_read, failed, truncated, frames, rejected, malformed, dropped,
       gaps, longest_us / 1e6 AS longest_gap_seconds
FROM totals CROSS JOIN gaps
ORDER BY coverage
