-- title: Summary of addresses
-- doc: IP packets by source and by destination address as pandas describes a column: how many, how many different addresses, the most frequent
-- one and how often it occurs; then that address's peers on the other side and the ports of those packets, the first twelve of each.
-- report: who 50

WITH addresses AS (
  SELECT 'source' AS side, src_ip AS address, sum(packets) AS freq FROM traffic WHERE ip_version IS NOT NULL GROUP BY src_ip
  UNION ALL
  SELECT 'destination', dst_ip, sum(packets) FROM traffic WHERE ip_version IS NOT NULL GROUP BY dst_ip
), totals AS (
  SELECT side, CAST(sum(freq) AS BIGINT) AS packets, count(*) AS addresses FROM addresses GROUP BY side
), tops AS (
  SELECT side, address, freq, row_number() OVER (PARTITION BY side ORDER BY freq DESC, address) AS place FROM addresses
), seen AS (
  SELECT side, dst_ip AS peer, src_port, dst_port
  FROM traffic JOIN tops ON src_ip = address WHERE ip_version IS NOT NULL AND side = 'source' AND place = 1
  UNION ALL
  SELECT side, src_ip, src_port, dst_port
  FROM traffic JOIN tops ON dst_ip = address WHERE ip_version IS NOT NULL AND side = 'destination' AND place = 1
)
SELECT side,
       totals.packets AS "count",
       totals.addresses AS "unique",
       tops.address AS top,
       CAST(tops.freq AS BIGINT) AS freq,
       count(DISTINCT peer) AS peers,
       listed(list(DISTINCT peer), 12) AS peer_list,
       listed(list(DISTINCT src_port) FILTER (WHERE src_port IS NOT NULL), 12) AS source_ports,
       listed(list(DISTINCT dst_port) FILTER (WHERE dst_port IS NOT NULL), 12) AS destination_ports
FROM seen
JOIN tops USING (side)
JOIN totals USING (side)
WHERE tops.place = 1
GROUP BY side, totals.packets, totals.addresses, tops.address, tops.freq
ORDER BY side DESC
