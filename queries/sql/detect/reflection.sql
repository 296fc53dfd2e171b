-- title: Reflection
-- doc: A target gets answers that it did not ask for from many hosts: datagrams from one service port, or SYN with ACK from any, with nothing sent the other way but resets.
-- Hosts that repeat an answer without end amplify by themselves. Low rates count. Of captures that hold one direction only such repeats count.
-- param: min_sources INTEGER 20 hosts that answer within ten minutes (the definition's)
-- param: min_repeats INTEGER 10 SYN with ACK of one connection that are never confirmed (Linux sends 6, Windows 3): from so many on, two hosts will do
-- kind: detector
-- class: ddos
-- subclass: reflection
-- techniques: T1498.002
-- severity: high

WITH answers AS (
  SELECT src_ip AS source, dst_ip AS target, src_port AS port, ip_proto, flows.first_ts, flows.last_ts, fwd_packets AS packets, fwd_ip_bytes AS bytes, 0 AS repeats, bin_start(flows.first_ts, 600000000) AS bin
  FROM flows
  WHERE ip_proto = 17 AND rev_packets = 0 AND src_port < 32768 AND src_port <> dst_port AND capture_id NOT IN (SELECT capture_id FROM captures WHERE one_way) AND is_host(dst_ip)
  UNION ALL
  SELECT dst_ip, src_ip, 0, ip_proto, flows.first_ts, flows.last_ts, rev_packets, rev_ip_bytes, rev_synacks, bin_start(flows.first_ts, 600000000)
  FROM flows WHERE ip_proto = 6 AND (fwd_packets = 0 OR fwd_syns = 0 AND fwd_packets = fwd_rsts) AND rev_synacks > CASE WHEN capture_id IN (SELECT capture_id FROM captures WHERE one_way) THEN $min_repeats - 1 ELSE 0 END
), periods AS (
  SELECT target, port, ip_proto, bin, count(DISTINCT source) AS sources FROM answers GROUP BY target, port, ip_proto, bin
  HAVING count(DISTINCT source) >= $min_sources OR count(DISTINCT source) FILTER (repeats >= $min_repeats) >= 2
), reflections AS (
  SELECT target, port, ip_proto, count(DISTINCT source) AS sources, count(*) AS flows, sum(packets) AS packets, sum(bytes) AS bytes, min(first_ts) AS start_ts, max(last_ts) AS end_ts
  FROM answers SEMI JOIN periods USING (target, port, ip_proto, bin) GROUP BY target, port, ip_proto
)
SELECT CAST(NULL AS VARCHAR) AS class, CASE WHEN ip_proto = 6 THEN 'tcp-reflection' ELSE coalesce(port_service(port, 17) || '-reflection', 'reflection') END AS subclass, CAST(NULL AS VARCHAR) AS severity,
       CAST(NULL AS VARCHAR) AS src_ip, sources AS src_count, target AS dst_ip, CAST(1 AS BIGINT) AS dst_count, CAST(NULL AS INTEGER) AS dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.6 + 0.4 * (1 - 1 / ln(2.72 + sources)), 2) AS score,
       target || ' got ' || grouped(packets) || CASE WHEN ip_proto = 6 THEN ' SYN with ACK' ELSE ' datagrams from port ' || port END || ' that it did not ask for, from ' || counted(sources, 'host') || '.' AS finding,
       CAST(json_object('sources', sources, 'flows', flows, 'source_port', CASE WHEN ip_proto = 17 THEN port END, 'bytes_per_packet', round(bytes / packets, 1)) AS VARCHAR) AS evidence
FROM reflections
ORDER BY packets DESC, target, port, ip_proto
