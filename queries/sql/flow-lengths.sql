-- title: Packet lengths of flows
-- doc: How many flows have which mean length of packets on the wire, of the side that began, in classes of 100 bytes. One of the distributions that the analysis of variance compares.
-- chart: bar mean_length flows
-- extract: flow_id IS NOT NULL
-- report: network 78

WITH lengths AS (
  SELECT fwd_len_mean AS mean FROM flows WHERE fwd_len_mean IS NOT NULL
), classes AS (
  SELECT n, n * 100 AS low, CASE WHEN n < 15 THEN n * 100 + 100 END AS high FROM (SELECT unnest(range(0, 16)) AS n)
)
SELECT CASE WHEN high IS NULL THEN grouped(low) || ' and longer' ELSE grouped(low) || '-' || grouped(high - 1) END AS mean_length,
       count(mean) AS flows
FROM classes LEFT JOIN lengths ON mean >= low AND mean < coalesce(high, mean + 1)
GROUP BY n, low, high
ORDER BY n
