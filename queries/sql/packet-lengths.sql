-- title: Packet lengths
-- doc: How many frames have which length on the wire, in the classes of Wireshark's statistics, with mean, least and greatest of each.
-- chart: bar length packets
-- extract: wire_len IS NOT NULL
-- report: network 60

WITH lengths AS (
  SELECT wire_len, count(*) AS n FROM packets GROUP BY wire_len
), classes AS (
  FROM (VALUES (0, 19), (20, 39), (40, 79), (80, 159), (160, 319), (320, 639), (640, 1279), (1280, 2559), (2560, 5119), (5120, NULL)) AS classes(low, high)
)
SELECT low || CASE WHEN high IS NULL THEN ' and greater' ELSE '-' || high END AS length,
       CAST(coalesce(sum(n), 0) AS BIGINT) AS packets, CAST(sum(CAST(wire_len AS BIGINT) * n) AS DOUBLE) / sum(n) AS average, min(wire_len) AS least, max(wire_len) AS greatest,
       coalesce(sum(n), 0) / nullif((SELECT sum(n) FROM lengths), 0) AS share
FROM classes
LEFT JOIN lengths ON wire_len >= low AND wire_len <= coalesce(high, wire_len)
GROUP BY low, high
ORDER BY low
