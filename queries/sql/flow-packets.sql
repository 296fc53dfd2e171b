-- title: Packets of flows
-- doc: How many flows have how many packets both ways, in classes of powers of two: one of the distributions that the analysis of variance compares.
-- chart: bar packets flows
-- extract: flow_id IS NOT NULL
-- report: network 74

WITH sizes AS (
  SELECT fwd_packets + rev_packets AS packets FROM flows
), classes AS (
  SELECT n, CAST(pow(2, n) AS BIGINT) AS low, CASE WHEN n < 12 THEN CAST(pow(2, n + 1) AS BIGINT) END AS high FROM (SELECT unnest(range(0, 13)) AS n)
)
SELECT CASE WHEN high IS NULL THEN grouped(low) || ' and more' WHEN low = high - 1 THEN grouped(low) ELSE grouped(low) || '-' || grouped(high - 1) END AS packets,
       count(sizes.packets) AS flows
FROM classes LEFT JOIN sizes ON sizes.packets >= low AND sizes.packets < coalesce(high, sizes.packets + 1)
GROUP BY n, low, high
ORDER BY n
