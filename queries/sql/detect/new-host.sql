-- title: New hosts
-- doc: An address of ours sends packets and sent none in the days before: those of the baseline, or the 28 before the period. Where there are no such days nothing is new.
-- param: min_packets INTEGER 1 packets that it sends
-- kind: detector
-- class: other
-- subclass: new-host
-- techniques: T1200
-- severity: info

WITH speakers AS (
  SELECT src_ip AS ip, first_ts, last_ts, fwd_packets AS packets, fwd_ip_bytes AS bytes FROM flows WHERE fwd_packets > 0 AND ip_scope(src_ip) = 'internal'
  UNION ALL SELECT dst_ip, first_ts, last_ts, rev_packets, rev_ip_bytes FROM flows WHERE rev_packets > 0 AND ip_scope(dst_ip) = 'internal'
), known AS (
  SELECT src_ip AS ip FROM past_flows WHERE fwd_packets > 0 UNION SELECT dst_ip FROM past_flows WHERE rev_packets > 0
), hosts AS (
  SELECT ip, min(first_ts) AS start_ts, max(last_ts) AS end_ts, sum(packets) AS packets, sum(bytes) AS bytes
  FROM speakers ANTI JOIN known USING (ip) WHERE first_ts IS NOT NULL AND EXISTS (SELECT 1 FROM past_flows) GROUP BY ip HAVING sum(packets) >= $min_packets
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       ip AS src_ip, CAST(1 AS BIGINT) AS src_count, CAST(NULL AS VARCHAR) AS dst_ip, CAST(0 AS BIGINT) AS dst_count, CAST(NULL AS INTEGER) AS dst_port, CAST(NULL AS INTEGER) AS ip_proto,
       start_ts, end_ts, CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, CAST(0.5 AS DOUBLE) AS score,
       ip || ' sent ' || counted(packets, 'packet') || ' and none in the days before.' AS finding, CAST(json_object('packets', packets, 'bytes', bytes) AS VARCHAR) AS evidence
FROM hosts
ORDER BY packets DESC, src_ip
