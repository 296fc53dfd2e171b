-- title: Peers of the most frequent address
-- doc: Who one address exchanged IP packets with, by payload bytes both ways; ports are those of the address and of the peer, the lowest twelve.
-- param: address VARCHAR - the address; the most frequent source address when not given
-- param: top INTEGER 20 peers shown before "others"
-- chart: bar peer payload_bytes
-- extract: ip_version IS NOT NULL AND $address IN (src_ip, dst_ip)
-- report: who 40
-- others: payload_bytes bytes_sent bytes_received packets_sent packets_received

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), exchanged AS (
  SELECT dst_ip AS peer, payload_bytes AS sent, 0 AS received, packets AS packets_sent, 0 AS packets_received, src_port AS own_port, dst_port AS peer_port
  FROM traffic JOIN chosen ON src_ip = address WHERE ip_version IS NOT NULL
  UNION ALL
  SELECT src_ip, 0, payload_bytes, 0, packets, dst_port, src_port
  FROM traffic JOIN chosen ON dst_ip = address WHERE ip_version IS NOT NULL AND src_ip <> dst_ip
)
SELECT peer,
       CAST(sum(sent + received) AS BIGINT) AS payload_bytes,
       CAST(sum(sent) AS BIGINT) AS bytes_sent,
       CAST(sum(received) AS BIGINT) AS bytes_received,
       CAST(sum(packets_sent) AS BIGINT) AS packets_sent,
       CAST(sum(packets_received) AS BIGINT) AS packets_received,
       listed(list(DISTINCT own_port) FILTER (WHERE own_port IS NOT NULL), 12) AS own_ports,
       listed(list(DISTINCT peer_port) FILTER (WHERE peer_port IS NOT NULL), 12) AS peer_ports
FROM exchanged
GROUP BY peer
ORDER BY payload_bytes DESC, peer
