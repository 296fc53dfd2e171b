-- title: Durations of flows
-- doc: How many flows last how long, in classes of powers of ten: one of the distributions that the analysis of variance compares.
-- chart: bar seconds flows
-- extract: flow_id IS NOT NULL
-- report: network 72

WITH lasting AS (
  SELECT micros_between(first_ts, last_ts) AS us FROM flows
), classes AS (
  SELECT n, CASE WHEN n = 0 THEN 0 ELSE CAST(pow(10, n + 2) AS BIGINT) END AS low, CASE WHEN n < 8 THEN CAST(pow(10, n + 3) AS BIGINT) END AS high
  FROM (SELECT unnest(range(0, 9)) AS n)
)
SELECT CASE n WHEN 0 THEN 'below 0.001' WHEN 1 THEN '0.001 to 0.01' WHEN 2 THEN '0.01 to 0.1' WHEN 3 THEN '0.1 to 1' WHEN 4 THEN '1 to 10' WHEN 5 THEN '10 to 100'
              WHEN 6 THEN '100 to 1,000' WHEN 7 THEN '1,000 to 10,000' ELSE '10,000 and longer' END AS seconds,
       count(us) AS flows
FROM classes LEFT JOIN lasting ON us >= low AND us < coalesce(high, us + 1)
GROUP BY n, low, high
ORDER BY n
