-- title: Who talks to whom
-- doc: Payload bytes from one address to another, the largest first.
-- param: top INTEGER 30 pairs shown before "others"
-- chart: sankey source destination payload_bytes
-- extract: ip_version IS NOT NULL AND src_ip <> dst_ip
-- report: network 40
-- cube: pair payload_bytes
-- others: payload_bytes wire_bytes packets

SELECT src_ip AS source, dst_ip AS destination, CAST(sum(traffic.payload_bytes) AS BIGINT) AS payload_bytes, CAST(sum(traffic.wire_bytes) AS BIGINT) AS wire_bytes,
       CAST(sum(traffic.packets) AS BIGINT) AS packets, min(traffic.first_ts) AS first_ts, max(traffic.last_ts) AS last_ts
FROM traffic WHERE ip_version IS NOT NULL AND src_ip <> dst_ip
GROUP BY src_ip, dst_ip
ORDER BY payload_bytes DESC NULLS LAST, source, destination
