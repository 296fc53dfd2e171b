-- title: Long connections
-- doc: Conversations that lasted longest, over captures and the active timeout.
-- param: top INTEGER 100 rows shown
-- report: hosts 30

SELECT src_ip, src_port, dst_ip, dst_port, ip_proto_name(ip_proto) AS proto, service, duration_us / 1e6 AS seconds, first_ts, last_ts,
       fwd_payload_bytes, rev_payload_bytes, conn_state, captures, capture_id, flow_id
FROM conversations
WHERE duration_us > 0
ORDER BY duration_us DESC, first_ts, capture_id, flow_id, src_ip, src_port, dst_ip, dst_port, proto, service, fwd_payload_bytes, rev_payload_bytes, conn_state, captures
LIMIT $top
