-- title: Suspicious address
-- doc: The peer that exchanged most payload bytes with the most frequent address, both ways, of equals the first in text order.
-- Suspicious means worth a look: the findings say what is known of it.
-- param: address VARCHAR - whose peer; the most frequent source address when not given
-- report: suspicious 10

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), exchanged AS (
  SELECT address, dst_ip AS peer, payload_bytes AS received, 0 AS sent, packets, first_ts, last_ts
  FROM traffic JOIN chosen ON src_ip = address WHERE ip_version IS NOT NULL
  UNION ALL
  SELECT address, src_ip, 0, payload_bytes, packets, first_ts, last_ts
  FROM traffic JOIN chosen ON dst_ip = address WHERE ip_version IS NOT NULL AND src_ip <> dst_ip
)
SELECT peer AS suspicious_address,
       address AS peer_of,
       CAST(coalesce(sum(sent + received), 0) AS BIGINT) AS payload_bytes,
       CAST(sum(received) AS BIGINT) AS bytes_received,
       CAST(sum(sent) AS BIGINT) AS bytes_sent,
       CAST(sum(packets) AS BIGINT) AS packets,
       min(first_ts) AS first_ts,
       max(last_ts) AS last_ts
FROM exchanged
GROUP BY peer, address
ORDER BY payload_bytes DESC, peer
LIMIT 1
