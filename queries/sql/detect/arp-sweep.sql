-- title: ARP sweeps
-- doc: A host asks by ARP for many addresses of its network within a minute, and most do not answer. What a router asks for because packets came for that address
-- does not count.
-- param: min_hosts INTEGER 25 addresses asked for in a minute (own choice: Zeek's number for hosts)
-- param: min_missed DOUBLE 0.5 share of them that do not answer (own choice)
-- kind: detector
-- class: scan
-- subclass: arp-sweep
-- techniques: T1018
-- severity: medium

WITH asked AS (
  SELECT sensor, sender_ip, sender_mac, target_ip, ts, bin_start(ts, 60000000) AS bin FROM arp
  WHERE opcode = 1 AND sender_ip <> target_ip AND sender_ip <> '0.0.0.0' AND ts IS NOT NULL
), wanted AS ( -- addresses for which others had packets
  SELECT dst_ip, src_ip, first_ts, last_ts FROM flows WHERE dst_ip IN (SELECT target_ip FROM asked)
), routers AS ( -- who sends packets of other addresses than the one it claims
  SELECT DISTINCT sender_mac FROM asked JOIN flows ON src_mac = sender_mac AND src_ip <> sender_ip WHERE flows.ip_version = 4
), own AS (
  SELECT * FROM (SELECT asked.*, sender_mac IN (FROM routers) AS router FROM asked) ANTI JOIN wanted ON router AND dst_ip = target_ip AND src_ip <> sender_ip AND micros_between(ts, first_ts) <= 5000000 AND micros_between(last_ts, ts) <= 5000000
), answered AS (
  SELECT DISTINCT sender_ip AS target_ip FROM arp WHERE opcode = 2
), minutes AS (
  SELECT sender_ip, bin, count(DISTINCT target_ip) AS hosts, count(DISTINCT CASE WHEN a.target_ip IS NULL THEN own.target_ip END) AS silent,
         count(*) AS packets, min(ts) AS start_ts, max(ts) AS end_ts
  FROM own LEFT JOIN answered a USING (target_ip) GROUP BY sender_ip, bin
), sweeps AS (
  SELECT sender_ip AS src_ip, max(hosts) AS hosts, max(silent) AS silent, sum(packets) AS packets, min(start_ts) AS start_ts, max(end_ts) AS end_ts
  FROM minutes WHERE hosts >= $min_hosts AND silent >= $min_missed * hosts GROUP BY sender_ip
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, CAST(NULL AS VARCHAR) AS dst_ip, hosts AS dst_count, CAST(NULL AS INTEGER) AS dst_port, CAST(NULL AS INTEGER) AS ip_proto,
       start_ts, end_ts, CAST(packets AS BIGINT) AS packets, CAST(packets * 28 AS BIGINT) AS bytes, round(0.5 + 0.5 * (1 - 1 / ln(2.72 + hosts)), 2) AS score,
       src_ip || ' asked by ARP for ' || grouped(hosts) || ' addresses within a minute: ' || grouped(silent) || ' did not answer.' AS finding,
       CAST(json_object('addresses', hosts, 'silent', silent, 'requests', packets) AS VARCHAR) AS evidence
FROM sweeps
ORDER BY packets DESC, src_ip
