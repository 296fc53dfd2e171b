-- title: Destination ports by bytes received
-- doc: Payload bytes by destination port, TCP, UDP and every other protocol with ports together; packets are those that carry payload.
-- param: top INTEGER 20 ports shown before "others"
-- chart: bar port payload_bytes
-- extract: dst_port IS NOT NULL AND payload_len > 0
-- report: ports 20
-- cube: dst_port payload_bytes
-- others: payload_bytes packets

SELECT dst_port AS port, CAST(sum(traffic.payload_bytes) AS BIGINT) AS payload_bytes, CAST(sum(payload_packets) AS BIGINT) AS packets
FROM traffic
WHERE dst_port IS NOT NULL AND traffic.payload_bytes > 0
GROUP BY dst_port
ORDER BY payload_bytes DESC, port
