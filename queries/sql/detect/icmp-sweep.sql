-- title: ICMP sweeps
-- doc: A source asks many hosts whether they are there, each a few times, and many are not. A monitor that asks the same hosts again and again is none.
-- param: min_hosts INTEGER 15 hosts asked (own choice, below a /28)
-- param: max_probes DOUBLE 4 requests per host, median (nmap sends up to 3, fping 4)
-- param: min_missed DOUBLE 0.25 share of hosts that do not answer; not asked from 64 hosts on (own choice: those a monitor asks are there)
-- kind: detector
-- class: scan
-- subclass: icmp-sweep
-- techniques: T1018 T1595.001
-- severity: low

WITH hosts AS (
  SELECT src_ip, dst_ip, ip_proto, sum(fwd_packets) AS probes, sum(rev_packets) AS answers, min(first_ts) AS start_ts, max(last_ts) AS end_ts,
         sum(packets) AS packets, sum(bytes) AS bytes,
         bool_or(capture_id IN (SELECT capture_id FROM captures WHERE one_way)) AS one_sided
  FROM contacts WHERE ip_proto IN (1, 58) GROUP BY src_ip, dst_ip, ip_proto
), sweeps AS (
  SELECT src_ip, ip_proto, count(*) AS hosts, count(*) FILTER (answers = 0) AS silent, median(probes) AS probes, min(start_ts) AS start_ts, max(end_ts) AS end_ts,
         sum(packets) AS packets, sum(bytes) AS bytes, bool_or(one_sided) AS one_sided
  FROM hosts GROUP BY src_ip, ip_proto
  HAVING count(*) >= $min_hosts AND median(probes) <= $max_probes AND (count(*) FILTER (answers = 0) >= $min_missed * count(*) OR count(*) >= 64)
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass,
       CASE WHEN ip_scope(src_ip) = 'internal' THEN 'medium' WHEN silent = hosts AND NOT coalesce(one_sided, false) THEN 'info' END AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, CAST(NULL AS VARCHAR) AS dst_ip, hosts AS dst_count, CAST(NULL AS INTEGER) AS dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.5 + 0.5 * (1 - 1 / ln(2.72 + hosts)), 2) AS score,
       src_ip || ' asked ' || counted(hosts, 'host') || ' by ' || ip_proto_name(ip_proto) || ': ' || grouped(silent) || ' did not answer.' AS finding,
       CAST(json_object('hosts', hosts, 'silent', silent, 'requests_per_host', probes, 'seconds', round(micros_between(start_ts, end_ts) / 1e6, 3)) AS VARCHAR) AS evidence
FROM sweeps
ORDER BY packets DESC, src_ip, ip_proto
