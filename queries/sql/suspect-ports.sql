-- title: Ports
-- doc: The ports that an address asked others at (client) and was asked at (server), with the IP bytes both ways and how many flows got an answer.
-- param: address VARCHAR - the address; the most frequent source address when not given
-- param: top INTEGER 15 ports shown before "others"
-- report: suspects 30
-- others: flows answered bytes_sent bytes_received

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), sides AS (
  SELECT 'client' AS role, dst_port AS port, ip_proto, service, dst_ip AS peer, fwd_ip_bytes AS bytes_sent, rev_ip_bytes AS bytes_received, rev_packets AS answers
  FROM flows JOIN chosen ON src_ip = address
  UNION ALL
  SELECT 'server', dst_port, ip_proto, service, src_ip, rev_ip_bytes, fwd_ip_bytes, rev_packets
  FROM flows JOIN chosen ON dst_ip = address WHERE src_ip <> dst_ip
)
SELECT role, port, ip_proto_name(ip_proto) AS proto, coalesce(max(service), port_service(port, ip_proto)) AS service, count(DISTINCT peer) AS peers, count(*) AS flows,
       count(*) FILTER (answers > 0) AS answered, CAST(sum(bytes_sent) AS BIGINT) AS bytes_sent, CAST(sum(bytes_received) AS BIGINT) AS bytes_received
FROM sides
GROUP BY role, port, ip_proto
ORDER BY flows DESC, role, port, ip_proto
