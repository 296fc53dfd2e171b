-- title: Scans of IP protocols
-- doc: A source tries many protocol numbers of IP on one host, to learn which it speaks; ICMP's "protocol unreachable" tells (nmap -sO).
-- param: min_protocols INTEGER 12 protocols tried beside TCP, UDP and ICMP (own choice: hosts speak few)
-- kind: detector
-- class: scan
-- subclass: protocols
-- techniques: T1046
-- severity: medium

WITH tried AS (
  SELECT src_ip, dst_ip, ip_proto, first_ts, last_ts, fwd_packets + rev_packets AS packets, fwd_ip_bytes + rev_ip_bytes AS bytes, icmp_errors > 0 AS refused
  FROM flows WHERE fwd_packets > 0 AND ip_proto <> 1 AND ip_proto <> 6 AND ip_proto <> 17 AND ip_proto <> 58 AND first_ts IS NOT NULL AND is_host(dst_ip)
), scans AS (
  SELECT src_ip, dst_ip, count(DISTINCT ip_proto) AS protocols, count(DISTINCT ip_proto) FILTER (refused) AS refused, min(first_ts) AS start_ts, max(last_ts) AS end_ts, sum(packets) AS packets, sum(bytes) AS bytes
  FROM tried GROUP BY src_ip, dst_ip HAVING count(DISTINCT ip_proto) >= $min_protocols
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CASE WHEN ip_scope(src_ip) = 'external' THEN 'low' END AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, CAST(NULL AS INTEGER) AS dst_port, CAST(NULL AS INTEGER) AS ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.5 + 0.5 * (1 - 1 / ln(2.72 + protocols)), 2) AS score,
       src_ip || ' tried ' || counted(protocols, 'protocol') || ' of IP on ' || dst_ip || ': ' || grouped(refused) || ' were refused.' AS finding,
       CAST(json_object('protocols', protocols, 'refused', refused) AS VARCHAR) AS evidence
FROM scans
ORDER BY packets DESC, src_ip, dst_ip
