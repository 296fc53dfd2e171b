-- title: New services
-- doc: A host of ours answers on a port on which it answered nobody in the days before: those of the baseline, or the 28 before the period. Where there are no such
-- days nothing is new.
-- param: min_clients INTEGER 1 clients that use the port
-- kind: detector
-- class: other
-- subclass: new-service
-- techniques: T1571
-- severity: info

WITH used AS (
  SELECT dst_ip, dst_port, ip_proto, service, src_ip, first_ts, last_ts, packets, bytes FROM exchanges
  WHERE outcome = 'used' AND ip_proto IN (6, 17, 132) AND ip_scope(dst_ip) = 'internal'
), known AS (
  SELECT DISTINCT dst_ip, dst_port, ip_proto FROM past_flows WHERE rev_packets > 0 AND (ip_proto <> 6 OR rev_synacks > 0)
), services AS (
  SELECT dst_ip, dst_port, ip_proto, max(service) AS service, count(DISTINCT src_ip) AS clients, min(first_ts) AS start_ts, max(last_ts) AS end_ts, sum(packets) AS packets, sum(bytes) AS bytes
  FROM used ANTI JOIN known USING (dst_ip, dst_port, ip_proto) WHERE EXISTS (SELECT 1 FROM past_flows)
  GROUP BY dst_ip, dst_port, ip_proto HAVING count(DISTINCT src_ip) >= $min_clients
), hosts AS ( -- a host that answers on many new ports, as peers do, is one finding
  SELECT dst_ip, CASE WHEN count(*) = 1 THEN min(dst_port) END AS dst_port, CASE WHEN min(ip_proto) = max(ip_proto) THEN min(ip_proto) END AS ip_proto, count(*) AS ports,
         list(ip_proto_name(ip_proto) || '/' || dst_port || coalesce(' ' || service, '') ORDER BY ip_proto, dst_port) AS names, max(clients) AS clients,
         min(start_ts) AS start_ts, max(end_ts) AS end_ts, sum(packets) AS packets, sum(bytes) AS bytes
  FROM services GROUP BY dst_ip
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       CAST(NULL AS VARCHAR) AS src_ip, clients AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, CAST(0.5 AS DOUBLE) AS score,
       dst_ip || ' answered on ' || counted(ports, 'port') || ' on which it did not in the days before: ' || listed(names, 6) || '.' AS finding,
       CAST(json_object('ports', ports, 'services', names[1:20], 'clients', clients) AS VARCHAR) AS evidence
FROM hosts
ORDER BY packets DESC, dst_ip
