-- title: Uploads to the outside
-- doc: An internal host sends an external one much more than it gets back, over connections that it began: at once (upload), or in many small portions over a long time
-- (drip). Who uploads there every day is known to a baseline only; without one a first backup looks the same.
-- param: min_bytes BIGINT 1000000 payload bytes sent (own choice)
-- param: min_ratio DOUBLE 4 payload bytes sent for each received (own choice; browsing is below 1)
-- param: drip_bytes BIGINT 200000 payload bytes of a drip (own choice)
-- param: drip_flows INTEGER 20 connections of a drip, the largest at most a tenth of all (own choice)
-- kind: detector
-- class: theft
-- subclass: upload
-- techniques: T1041 T1048 T1567
-- severity: medium

WITH pairs AS (
  SELECT src_ip, dst_ip, CASE WHEN min(dst_port) = max(dst_port) THEN min(dst_port) END AS dst_port, CASE WHEN min(ip_proto) = max(ip_proto) THEN min(ip_proto) END AS ip_proto,
         list(DISTINCT dst_port ORDER BY dst_port) AS ports, list(DISTINCT service ORDER BY service) FILTER (service IS NOT NULL) AS services, count(*) AS flows,
         sum(fwd_payload_bytes) AS sent, sum(rev_payload_bytes) AS received, max(fwd_payload_bytes) AS largest, min(first_ts) AS start_ts, max(last_ts) AS end_ts,
         sum(packets) AS packets, sum(bytes) AS bytes
  FROM exchanges
  WHERE ip_proto IN (6, 17, 132) AND outcome IN ('used', 'midstream') AND ip_scope(src_ip) = 'internal' AND ip_scope(dst_ip) = 'external' AND service IS DISTINCT FROM 'dns'
    AND (outcome = 'used' OR src_port > dst_port OR capture_id NOT IN (SELECT capture_id FROM captures WHERE one_way)) -- who began is not known there
  GROUP BY src_ip, dst_ip
), uploads AS (
  SELECT *, flows >= $drip_flows AND largest * 10 <= sent AND micros_between(start_ts, end_ts) >= 60000000 AS drip
  FROM pairs WHERE sent >= $min_ratio * received
)
SELECT CAST(NULL AS VARCHAR) AS class, CASE WHEN drip THEN 'drip' ELSE 'upload' END AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.4 + 0.4 * (1 - least($min_bytes, sent) / CAST(2 * sent AS DOUBLE)), 2) AS score,
       src_ip || ' sent ' || grouped(sent) || ' payload bytes to ' || dst_ip || ' (ports ' || listed(ports, 5) || ') in ' || counted(flows, 'connection') || ' and got ' || grouped(received) || ' back.' AS finding,
       CAST(json_object('bytes_sent', sent, 'bytes_received', received, 'ratio', round(sent / greatest(received, 1), 1), 'connections', flows, 'largest', largest,
         'ports', ports, 'services', services, 'seconds', round(micros_between(start_ts, end_ts) / 1e6, 3)) AS VARCHAR) AS evidence
FROM uploads
WHERE sent >= $min_bytes OR drip AND sent >= $drip_bytes
ORDER BY bytes DESC, src_ip, dst_ip
