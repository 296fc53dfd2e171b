-- title: Backscatter
-- doc: A host outside answers addresses of ours that never asked it: SYN with ACK or resets to many of them. Somebody floods that host with our addresses as source
-- (Moore 2001); nothing is wrong here. Of captures that hold one direction nothing is concluded.
-- param: min_targets INTEGER 10 addresses of ours that are answered (own choice)
-- kind: detector
-- class: other
-- subclass: backscatter
-- techniques: T1498.001
-- severity: info

WITH answers AS (
  SELECT dst_ip AS victim, dst_port AS port, src_ip AS ours, first_ts, last_ts, rev_packets AS packets, rev_ip_bytes AS bytes
  FROM flows WHERE ip_proto = 6 AND fwd_packets = 0 AND rev_synacks > 0
  UNION ALL
  SELECT src_ip, src_port, dst_ip, first_ts, last_ts, fwd_packets, fwd_ip_bytes
  FROM flows WHERE ip_proto = 6 AND rev_packets = 0 AND fwd_syns = 0 AND fwd_payload_bytes = 0 AND (fwd_rsts > 0 OR fwd_synacks > 0)
    AND capture_id NOT IN (SELECT capture_id FROM captures WHERE one_way)
), victims AS (
  SELECT victim, count(DISTINCT ours) AS targets, count(*) AS flows, CASE WHEN min(port) = max(port) THEN min(port) END AS port, min(first_ts) AS start_ts, max(last_ts) AS end_ts,
         sum(packets) AS packets, sum(bytes) AS bytes
  FROM answers WHERE first_ts IS NOT NULL AND ip_scope(victim) = 'external' AND ip_scope(ours) = 'internal' GROUP BY victim HAVING count(DISTINCT ours) >= $min_targets
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       victim AS src_ip, CAST(1 AS BIGINT) AS src_count, CAST(NULL AS VARCHAR) AS dst_ip, targets AS dst_count, CAST(NULL AS INTEGER) AS dst_port, 6 AS ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, CAST(0.5 AS DOUBLE) AS score,
       victim || ' answered ' || grouped(targets) || CASE WHEN targets = 1 THEN ' address' ELSE ' addresses' END || ' that had not asked: it is flooded with sources that are forged.' AS finding,
       CAST(json_object('targets', targets, 'flows', flows, 'source_port', port) AS VARCHAR) AS evidence
FROM victims
ORDER BY packets DESC, victim
