-- title: Ports of the most frequent address
-- doc: The source and destination ports of the IP packets that one address sent, with their payload bytes.
-- param: address VARCHAR - the address; the most frequent source address when not given
-- param: top INTEGER 20 rows shown before "others"
-- report: ports 30
-- others: packets payload_bytes

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), used AS (
  SELECT 'source' AS side, src_port AS port, ip_proto, packets, payload_bytes FROM traffic JOIN chosen ON src_ip = address WHERE src_port IS NOT NULL
  UNION ALL
  SELECT 'destination', dst_port, ip_proto, packets, payload_bytes FROM traffic JOIN chosen ON src_ip = address WHERE dst_port IS NOT NULL
)
SELECT side, port, ip_proto_name(ip_proto) AS protocol, CAST(sum(used.packets) AS BIGINT) AS packets, CAST(sum(used.payload_bytes) AS BIGINT) AS payload_bytes
FROM used
GROUP BY side, port, ip_proto
ORDER BY packets DESC, side, port, ip_proto
