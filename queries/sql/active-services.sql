-- title: Active services
-- doc: Ports at which addresses answered, with how many asked them: what reports are compared by.
-- param: top INTEGER 200000 rows shown

SELECT dst_ip AS address, dst_port AS port, ip_proto_name(ip_proto) AS proto, coalesce(max(service), port_service(dst_port, ip_proto)) AS service,
       count(*) AS flows, count(DISTINCT src_ip) AS clients, min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM flows
WHERE dst_port IS NOT NULL AND coalesce(rev_synacks > 0 OR rev_payload_packets > 0, rev_payload_packets > 0)
GROUP BY dst_ip, dst_port, ip_proto
ORDER BY flows DESC, address, port, proto
LIMIT $top
