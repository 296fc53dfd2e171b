-- title: Cube of packets
-- doc: Packets and bytes by time, source, destination and ports at once: what the report's page adds up again for a time or an address. Addresses and
-- ports beyond the most active ones are called others.
-- param: bins INTEGER 240 bins of time at most
-- param: addresses INTEGER 60 addresses kept, by packets sent and received
-- param: ports INTEGER 24 source ports and destination ports kept, by payload bytes

WITH span AS (
  SELECT round_width(micros_between(min(ts), max(ts)) // greatest($bins - 1, 1) + 1) AS width_us FROM packets
), ends AS (
  SELECT src_ip AS address, count(*) AS n FROM packets WHERE ip_version IS NOT NULL GROUP BY src_ip
  UNION ALL
  SELECT dst_ip, count(*) FROM packets WHERE ip_version IS NOT NULL GROUP BY dst_ip
), addresses AS (
  SELECT address FROM ends GROUP BY address ORDER BY sum(n) DESC, address LIMIT $addresses
), sources AS (
  SELECT src_port AS port FROM packets WHERE src_port IS NOT NULL GROUP BY src_port ORDER BY sum(payload_len) DESC NULLS LAST, port LIMIT $ports
), destinations AS (
  SELECT dst_port AS port FROM packets WHERE dst_port IS NOT NULL GROUP BY dst_port ORDER BY sum(payload_len) DESC NULLS LAST, port LIMIT $ports
), labelled AS (
  SELECT bin_start(ts, width_us) AS ts, width_us, payload_len, wire_len,
         CASE WHEN ip_version IS NOT NULL THEN coalesce(a.address, 'others') END AS src,
         CASE WHEN ip_version IS NOT NULL THEN coalesce(b.address, 'others') END AS dst,
         CASE WHEN src_port IS NOT NULL THEN coalesce(CAST(c.port AS VARCHAR), 'others') END AS src_port,
         CASE WHEN dst_port IS NOT NULL THEN coalesce(CAST(d.port AS VARCHAR), 'others') END AS dst_port
  FROM packets CROSS JOIN span
  LEFT JOIN addresses AS a ON a.address = src_ip
  LEFT JOIN addresses AS b ON b.address = dst_ip
  LEFT JOIN sources AS c ON c.port = src_port
  LEFT JOIN destinations AS d ON d.port = dst_port
  WHERE ts IS NOT NULL
)
SELECT ts, src, dst, src_port, dst_port, count(*) AS packets, CAST(coalesce(sum(payload_len), 0) AS BIGINT) AS payload_bytes,
       CAST(coalesce(sum(wire_len), 0) AS BIGINT) AS wire_bytes, width_us / 1e6 AS bin_seconds
FROM labelled
GROUP BY ts, src, dst, src_port, dst_port, width_us
ORDER BY ts, src, dst, src_port, dst_port
