-- title: Sizes of flows
-- doc: How many flows have how many IP bytes both ways, in classes of powers of four, and how long they last on average: the distribution
-- that the analysis of variance compares.
-- chart: bar ip_bytes flows
-- extract: flow_id IS NOT NULL
-- report: network 70

WITH sizes AS (
  SELECT fwd_ip_bytes + rev_ip_bytes AS bytes, micros_between(first_ts, last_ts) AS us, fwd_packets + rev_packets AS packets FROM flows
), classes AS (
  SELECT n, CASE WHEN n = 0 THEN 0 ELSE CAST(pow(4, n + 2) AS BIGINT) END AS low, CASE WHEN n < 12 THEN CAST(pow(4, n + 3) AS BIGINT) END AS high
  FROM (SELECT unnest(range(0, 13)) AS n)
)
SELECT grouped(low) || CASE WHEN high IS NULL THEN ' and greater' ELSE '-' || grouped(high - 1) END AS ip_bytes,
       count(bytes) AS flows, CAST(coalesce(sum(packets), 0) AS BIGINT) AS packets, CAST(coalesce(sum(bytes), 0) AS BIGINT) AS bytes,
       CAST(sum(us) AS DOUBLE) / nullif(count(bytes), 0) / 1e6 AS average_seconds
FROM classes LEFT JOIN sizes ON bytes >= low AND bytes < coalesce(high, bytes + 1)
GROUP BY n, low, high
ORDER BY n
