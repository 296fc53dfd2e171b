-- title: New ports
-- doc: Ports of internal addresses that first answered at a time or later.
-- param: since TIMESTAMP - the time (UTC); a day before the last packet when not given

SELECT dst_ip AS address, dst_port AS port, ip_proto_name(ip_proto) AS proto, coalesce(max(service), port_service(dst_port, ip_proto)) AS service,
       min(first_ts) AS first_ts, count(*) AS flows, count(DISTINCT src_ip) AS clients
FROM flows
WHERE dst_port IS NOT NULL AND ip_scope(dst_ip) = 'internal' AND rev_payload_packets > 0
GROUP BY dst_ip, dst_port, ip_proto
HAVING min(first_ts) >= coalesce($since, (SELECT max(last_ts) - INTERVAL 1 DAY FROM flows))
ORDER BY first_ts, address, port, proto
