-- title: Peers
-- doc: Who an address exchanged IP packets with, by IP bytes both ways, with the names that resolved to the peer and the services used.
-- param: address VARCHAR - the address; the most frequent source address when not given
-- param: top INTEGER 15 peers shown before "others"
-- chart: bar peer ip_bytes
-- extract: flow_id IS NOT NULL AND $address IN (src_ip, dst_ip)
-- report: suspects 20
-- others: ip_bytes bytes_sent bytes_received packets_sent packets_received flows

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), sides AS (
  SELECT dst_ip AS peer, fwd_ip_bytes AS bytes_sent, rev_ip_bytes AS bytes_received, fwd_packets AS packets_sent, rev_packets AS packets_received, first_ts, last_ts,
         coalesce(service, port_service(dst_port, ip_proto), dst_port || '/' || ip_proto_name(ip_proto), ip_proto_name(ip_proto)) AS service
  FROM flows JOIN chosen ON src_ip = address
  UNION ALL
  SELECT src_ip, rev_ip_bytes, fwd_ip_bytes, rev_packets, fwd_packets, first_ts, last_ts,
         coalesce(service, port_service(dst_port, ip_proto), dst_port || '/' || ip_proto_name(ip_proto), ip_proto_name(ip_proto))
  FROM flows JOIN chosen ON dst_ip = address WHERE src_ip <> dst_ip
), names AS (
  SELECT address AS peer, list(DISTINCT name) AS names FROM resolutions GROUP BY address
)
SELECT sides.peer,
       CAST(sum(bytes_sent + bytes_received) AS BIGINT) AS ip_bytes,
       CAST(sum(bytes_sent) AS BIGINT) AS bytes_sent,
       CAST(sum(bytes_received) AS BIGINT) AS bytes_received,
       CAST(sum(packets_sent) AS BIGINT) AS packets_sent,
       CAST(sum(packets_received) AS BIGINT) AS packets_received,
       count(*) AS flows,
       ip_scope(sides.peer) AS scope,
       listed(any_value(names), 4) AS names,
       listed(list(DISTINCT service), 8) AS services,
       min(first_ts) AS first_ts,
       max(last_ts) AS last_ts
FROM sides LEFT JOIN names ON names.peer = sides.peer
GROUP BY sides.peer
ORDER BY ip_bytes DESC, sides.peer
