-- title: Addresses sending payloads
-- doc: Payload bytes by source address of IP packets, all protocols together; packets are those that carry payload.
-- Payload is what follows the transport header, Ethernet padding left out.
-- param: top INTEGER 20 addresses shown before "others"
-- chart: bar address payload_bytes
-- extract: ip_version IS NOT NULL AND payload_len > 0
-- report: who 20
-- cube: src payload_bytes
-- others: payload_bytes packets

SELECT src_ip AS address, CAST(sum(traffic.payload_bytes) AS BIGINT) AS payload_bytes, CAST(sum(payload_packets) AS BIGINT) AS packets
FROM traffic
WHERE ip_version IS NOT NULL AND traffic.payload_bytes > 0
GROUP BY src_ip
ORDER BY payload_bytes DESC, address
