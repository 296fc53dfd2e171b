-- title: Most frequent address
-- doc: The source address with most IP packets, of equals the first in text order, and what it sent and received.
-- param: top INTEGER 1 addresses shown
-- report: who 10

WITH tops AS (
  SELECT src_ip AS address FROM traffic WHERE ip_version IS NOT NULL
  GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT $top
), ends AS (
  SELECT address, dst_ip AS peer, packets AS sent, 0 AS received, payload_bytes AS bytes_sent, 0 AS bytes_received, first_ts, last_ts
  FROM traffic JOIN tops ON src_ip = address WHERE ip_version IS NOT NULL
  UNION ALL
  SELECT address, src_ip, 0, packets, 0, payload_bytes, first_ts, last_ts
  FROM traffic JOIN tops ON dst_ip = address WHERE ip_version IS NOT NULL
)
SELECT address,
       CAST(sum(sent) AS BIGINT) AS packets_sent,
       CAST(sum(received) AS BIGINT) AS packets_received,
       CAST(sum(bytes_sent) AS BIGINT) AS payload_bytes_sent,
       CAST(sum(bytes_received) AS BIGINT) AS payload_bytes_received,
       count(DISTINCT peer) AS peers,
       min(first_ts) AS first_ts,
       max(last_ts) AS last_ts
FROM ends
GROUP BY address
ORDER BY packets_sent DESC, address
