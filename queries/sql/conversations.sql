-- title: Conversations
-- doc: Conversations over captures and the active timeout, the largest first: both ends with their scope, packets and IP bytes both ways,
-- how long they lasted and how they ended (conn_state as Zeek defines it).
-- param: top INTEGER 100 rows shown

SELECT src_ip, src_port, src_scope, dst_ip, dst_port, dst_scope, ip_proto_name(ip_proto) AS proto, service, first_ts, duration_us / 1e6 AS seconds,
       fwd_packets, rev_packets, fwd_ip_bytes, rev_ip_bytes, conn_state, capture_id, flow_id
FROM conversations
ORDER BY fwd_ip_bytes + rev_ip_bytes DESC, first_ts, capture_id, flow_id, src_ip, src_port, dst_ip, dst_port, proto, service, seconds, fwd_packets, rev_packets, fwd_ip_bytes, rev_ip_bytes, conn_state
LIMIT $top
