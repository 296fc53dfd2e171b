-- title: Cube of packets
-- doc: Packets and bytes by time, source, destination and ports at once: what the report's page adds up again for a time or an address. Addresses and
-- ports beyond the most active ones are called others.
-- param: bins INTEGER 240 bins of time at most
-- param: addresses INTEGER 60 addresses kept, by packets sent and received
-- param: ports INTEGER 24 source ports and destination ports kept, by payload bytes

WITH span AS (
  SELECT round_width(micros_between(min(first_ts), max(last_ts)) // greatest($bins - 1, 1) + 1) AS width_us FROM traffic
), ends AS (
  SELECT src_ip AS address, sum(packets) AS n FROM traffic WHERE ip_version IS NOT NULL GROUP BY src_ip
  UNION ALL
  SELECT dst_ip, sum(packets) FROM traffic WHERE ip_version IS NOT NULL GROUP BY dst_ip
), addresses AS (
  SELECT address FROM ends GROUP BY address ORDER BY sum(n) DESC, address LIMIT $addresses
), sources AS (
  SELECT src_port AS port FROM traffic WHERE src_port IS NOT NULL GROUP BY src_port ORDER BY sum(payload_bytes) DESC NULLS LAST, port LIMIT $ports
), destinations AS (
  SELECT dst_port AS port FROM traffic WHERE dst_port IS NOT NULL GROUP BY dst_port ORDER BY sum(payload_bytes) DESC NULLS LAST, port LIMIT $ports
), cells AS ( -- known by the most active ones: those of others, and of none, are NULL
  SELECT bin_start(ts, width_us) AS bin, ip_version IS NOT NULL AS has_address, CASE WHEN ip_version IS NOT NULL THEN a.address END AS a,
         CASE WHEN ip_version IS NOT NULL THEN b.address END AS b, src_port IS NOT NULL AS has_src_port, c.port AS c,
         dst_port IS NOT NULL AS has_dst_port, d.port AS d, count(*) AS packets, sum(payload_len) AS payload_bytes, sum(wire_len) AS wire_bytes
  FROM packets CROSS JOIN span
  LEFT JOIN addresses AS a ON a.address = src_ip
  LEFT JOIN addresses AS b ON b.address = dst_ip
  LEFT JOIN sources AS c ON c.port = src_port
  LEFT JOIN destinations AS d ON d.port = dst_port
  WHERE ts IS NOT NULL
  GROUP BY bin, has_address, 3, 4, has_src_port, c.port, has_dst_port, d.port
)
SELECT bin AS ts, CASE WHEN has_address THEN coalesce(a, 'others') END AS src, CASE WHEN has_address THEN coalesce(b, 'others') END AS dst,
       CASE WHEN has_src_port THEN coalesce(CAST(c AS VARCHAR), 'others') END AS src_port, CASE WHEN has_dst_port THEN coalesce(CAST(d AS VARCHAR), 'others') END AS dst_port,
       packets, CAST(coalesce(payload_bytes, 0) AS BIGINT) AS payload_bytes, CAST(coalesce(wire_bytes, 0) AS BIGINT) AS wire_bytes, width_us / 1e6 AS bin_seconds
FROM cells CROSS JOIN span
ORDER BY ts, src, dst, src_port, dst_port
