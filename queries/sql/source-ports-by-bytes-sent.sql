-- title: Source ports by bytes sent
-- doc: Payload bytes by source port, TCP, UDP and every other protocol with ports together; packets are those that carry payload.
-- param: top INTEGER 20 ports shown before "others"
-- chart: bar port payload_bytes
-- report: ports 10
-- cube: src_port payload_bytes
-- others: payload_bytes packets

SELECT src_port AS port, CAST(sum(payload_len) AS BIGINT) AS payload_bytes, count(*) AS packets
FROM packets
WHERE src_port IS NOT NULL AND payload_len > 0
GROUP BY src_port
ORDER BY payload_bytes DESC, port
