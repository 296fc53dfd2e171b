-- title: Active hosts
-- doc: Addresses that sent packets, by IP bytes sent and received: what reports are compared by.
-- param: top INTEGER 200000 rows shown

WITH sides AS (
  SELECT src_ip AS address, fwd_ip_bytes AS sent, rev_ip_bytes AS received, fwd_packets AS packets, first_ts, last_ts FROM flows
  UNION ALL
  SELECT dst_ip, rev_ip_bytes, fwd_ip_bytes, rev_packets, first_ts, last_ts FROM flows
)
SELECT address, ip_scope(address) AS scope, CAST(sum(sent + received) AS BIGINT) AS ip_bytes, CAST(sum(sent) AS BIGINT) AS bytes_sent,
       CAST(sum(received) AS BIGINT) AS bytes_received, count(*) AS flows, min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM sides WHERE address IS NOT NULL
GROUP BY address
HAVING sum(packets) > 0
ORDER BY ip_bytes DESC, address
LIMIT $top
