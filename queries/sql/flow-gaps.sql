-- title: Gaps within flows
-- doc: How many flows have which mean time between packets of the side that began, in classes of powers of ten; flows where that side sent fewer than two packets are left out.
-- One of the distributions that the analysis of variance compares.
-- chart: bar gap_seconds flows
-- extract: flow_id IS NOT NULL
-- report: network 76

WITH waiting AS (
  SELECT fwd_iat_mean AS us FROM flows WHERE fwd_iat_mean IS NOT NULL
), classes AS (
  SELECT n, CASE WHEN n = 0 THEN 0 ELSE CAST(pow(10, n + 1) AS BIGINT) END AS low, CASE WHEN n < 8 THEN CAST(pow(10, n + 2) AS BIGINT) END AS high
  FROM (SELECT unnest(range(0, 9)) AS n)
)
SELECT CASE n WHEN 0 THEN 'below 0.0001' WHEN 1 THEN '0.0001 to 0.001' WHEN 2 THEN '0.001 to 0.01' WHEN 3 THEN '0.01 to 0.1' WHEN 4 THEN '0.1 to 1' WHEN 5 THEN '1 to 10'
              WHEN 6 THEN '10 to 100' WHEN 7 THEN '100 to 1,000' ELSE '1,000 and longer' END AS gap_seconds,
       count(us) AS flows
FROM classes LEFT JOIN waiting ON us >= low AND us < coalesce(high, us + 1)
GROUP BY n, low, high
ORDER BY n
