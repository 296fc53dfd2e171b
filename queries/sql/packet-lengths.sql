-- title: Packet lengths
-- doc: How many frames have which length on the wire, in the classes of Wireshark's statistics, with mean, least and greatest of each.
-- chart: bar length packets
-- report: network 60

WITH classes AS (
  SELECT unnest([0, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120]) AS low, unnest([19, 39, 79, 159, 319, 639, 1279, 2559, 5119, NULL]) AS high
)
SELECT low || CASE WHEN high IS NULL THEN ' and greater' ELSE '-' || high END AS length,
       count(wire_len) AS packets, avg(wire_len) AS average, min(wire_len) AS least, max(wire_len) AS greatest,
       count(wire_len) / nullif((SELECT count(*) FROM packets), 0) AS share
FROM classes
LEFT JOIN packets ON wire_len >= low AND wire_len <= coalesce(high, wire_len)
GROUP BY low, high
ORDER BY low
