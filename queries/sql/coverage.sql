-- title: Coverage
-- doc: What the lake covers: the period, how many captures were read of those found, the gaps between them and what is missing inside them.
-- A gap is a time in which a sensor has no capture, longer than three times the median length of its captures and than one second;
-- query coverage-gaps lists them; where a
-- sensor has ten captures or more and begins them at a steady pace (the middle half of its intervals within a tenth of the median), as many as would
-- fill its gaps are expected besides. loss is the greatest of a capture: bytes of TCP that
-- were acknowledged but never seen.
-- report: coverage 10

WITH spans AS (
  SELECT sensor, first_ts, last_ts,
         max(last_ts) OVER (PARTITION BY sensor ORDER BY first_ts, last_ts, capture_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to,
         median(micros_between(first_ts, last_ts)) OVER (PARTITION BY sensor) AS median_us,
         micros_between(lag(first_ts) OVER (PARTITION BY sensor ORDER BY first_ts, last_ts, capture_id), first_ts) AS interval_us
  FROM captures WHERE first_ts IS NOT NULL
), paces AS (
  SELECT sensor, CASE WHEN count(*) >= 10 AND quantile_disc(interval_us, 0.75) - quantile_disc(interval_us, 0.25) <= 0.2 * median(interval_us)
                      THEN nullif(median(interval_us), 0) END AS pace_us
  FROM spans GROUP BY sensor
), gaps AS (
  SELECT count(*) AS gaps, max(micros_between(covered_to, first_ts)) AS longest_us, arg_max(covered_to, micros_between(covered_to, first_ts)) AS gap_from,
         arg_max(first_ts, micros_between(covered_to, first_ts)) AS gap_to,
         CAST(coalesce(sum(round(micros_between(covered_to, first_ts) / pace_us)), 0) AS BIGINT) AS missing
  FROM spans JOIN paces USING (sensor) WHERE micros_between(covered_to, first_ts) > greatest(3 * median_us, 1000000)
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
         max(loss_ratio) AS loss,
         CAST(sum(duplicates) AS DOUBLE) / nullif(sum("rows"), 0) AS duplicates,
         min(first_ts) AS first_ts,
         max(last_ts) AS last_ts
  FROM captures
)
SELECT CASE WHEN captures = 0 THEN 'No captures.' ELSE
         coalesce(time_text(first_ts) || ' to ' || time_text(last_ts) || ' UTC: ', '')
         || grouped(captures_read) || ' of ' || counted(captures + missing, 'capture') || ' read, ' || counted(sensors, 'sensor') || ', ' || counted(frames, 'frame')
         || CASE gaps WHEN 0 THEN ', no gaps'
                      WHEN 1 THEN ', gap of ' || grouped(longest_us // 1000000) || ' s from ' || time_text(gap_from)
                      ELSE ', ' || counted(gaps, 'gap') || ', the longest of ' || grouped(longest_us // 1000000) || ' s from ' || time_text(gap_from) END
         || CASE WHEN truncated = 0 THEN ', none truncated' ELSE ', ' || grouped(truncated) || ' truncated' END
         || coalesce(', loss ' || printf('%.1f', 100 * loss) || ' %', '')
         || coalesce(', duplicates ' || printf('%.1f', 100 * duplicates) || ' %', '')
         || CASE WHEN rejected = 0 THEN '' ELSE ', ' || counted(rejected, 'frame') || ' rejected' END
         || CASE WHEN dropped = 0 THEN '' ELSE ', ' || counted(dropped, 'frame') || ' dropped while capturing' END || '.' END AS coverage,
       first_ts, last_ts, sensors, captures, captures + missing AS captures_expected, captures_read, failed, truncated, frames, rejected, malformed, dropped,
       loss, duplicates, gaps, longest_us / 1e6 AS longest_gap_seconds, gap_from, gap_to
FROM totals CROSS JOIN gaps
ORDER BY coverage
