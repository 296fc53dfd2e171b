-- title: Source ports by bytes sent
-- doc: Payload bytes by source port, TCP, UDP and every other protocol with ports together; packets are those that carry payload.
-- param: top INTEGER 20 ports shown before "others"
-- chart: bar port payload_bytes
-- extract: src_port IS NOT NULL AND payload_len > 0
-- report: ports 10
-- cube: src_port payload_bytes
-- others: payload_bytes packets

SELECT src_port AS port, CAST(sum(traffic.payload_bytes) AS BIGINT) AS payload_bytes, CAST(sum(payload_packets) AS BIGINT) AS packets
FROM traffic
WHERE src_port IS NOT NULL AND traffic.payload_bytes > 0
GROUP BY src_port
ORDER BY payload_bytes DESC, port
