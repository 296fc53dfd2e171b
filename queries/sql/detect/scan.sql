-- title: Scans
-- doc: A source tries many targets and gets data out of few: many ports of one host (vertical), one port of many hosts (horizontal; lateral when both ends are
-- internal). A target counts as missed when no contact with it was used: refused (by a reset or a quoted ICMP error), unanswered, half-open, opened without
-- a byte, or probed with flags that begin nothing. Over the whole period, so slow scans count; a contact that is part of a flood on its target does not.
-- param: min_ports INTEGER 15 ports of one host that make a scan (Zeek policy/misc/scan: 15)
-- param: min_hosts INTEGER 25 hosts on one port that make a scan (Zeek policy/misc/scan: 25)
-- param: min_internal_hosts INTEGER 15 the same between internal addresses, where addresses are known and failures rarer (own choice)
-- param: min_missed DOUBLE 0.7 share of targets missed (Jung 2004: a scanner succeeds with at most 0.2, others with 0.8; the middle and a margin)
-- param: min_missed_hosts DOUBLE 0.85 the same of hosts on one port: a scan that finds a service does not use it, a client of peers uses those that live (own choice)
-- param: max_probes DOUBLE 8 contacts per target, median: a scan looks, a flood or a retry insists (own choice)
-- kind: detector
-- class: scan
-- subclass: vertical
-- techniques: T1046 T1595.001
-- severity: medium

WITH crowds AS ( -- targets that many sources press at once are flooded; what they get there is no scan of theirs
  SELECT dst_ip, ip_proto, bin FROM (SELECT dst_ip, ip_proto, src_ip, bin_start(first_ts, 10000000) AS bin FROM contacts WHERE outcome NOT IN ('used', 'midstream') AND ip_proto <> 1)
  GROUP BY dst_ip, ip_proto, bin HAVING count(*) >= 200 AND count(DISTINCT src_ip) >= 10
), busy AS ( -- who tries enough at all, so that the many who try once need not be grouped by target
  SELECT src_ip FROM contacts WHERE ip_proto IN (6, 17, 132) GROUP BY src_ip HAVING count(*) >= least($min_ports, $min_hosts, $min_internal_hosts)
), attempts AS (
  SELECT contacts.*, outcome NOT IN ('used', 'midstream') AS missed, contacts.capture_id IN (SELECT capture_id FROM captures WHERE one_way) AS one_sided
  FROM contacts ANTI JOIN crowds ON crowds.dst_ip = contacts.dst_ip AND crowds.ip_proto = contacts.ip_proto AND crowds.bin = bin_start(contacts.first_ts, 10000000)
  WHERE ip_proto IN (6, 17, 132) AND outcome <> 'midstream' AND src_ip IN (SELECT src_ip FROM busy)
), targets AS (
  SELECT src_ip, dst_ip, dst_port, ip_proto, bool_and(missed) AS missed, bool_and(missed) AND count(*) <= $max_probes AS looked, count(*) AS contacts, min(first_ts) AS start_ts, max(last_ts) AS end_ts,
         sum(packets) AS packets, sum(bytes) AS bytes, bool_or(outcome = 'stealth') AS stealth, bool_or(outcome = 'used') AS used,
         bool_or(outcome IN ('used', 'unused', 'half-open')) AS open, bool_or(outcome = 'refused') AS refused, bool_or(one_sided) AS one_sided, sum(rev_payload_bytes) AS data
  FROM attempts GROUP BY src_ip, dst_ip, dst_port, ip_proto
), vertical AS (
  SELECT 'vertical' AS shape, src_ip, dst_ip, CAST(NULL AS INTEGER) AS dst_port, ip_proto, 1 AS hosts, 0 AS inside, count(*) AS targets, count(*) FILTER (missed) AS missed_targets,
         avg(CAST(missed AS INTEGER)) AS missed, median(contacts) AS probes, count(*) FILTER (open) AS open, count(*) FILTER (refused) AS refused,
         count(*) FILTER (stealth) AS stealth, sum(data) FILTER (open) AS data, coalesce(bool_or(one_sided), false) AS one_sided, min(start_ts) FILTER (looked) AS start_ts, max(end_ts) FILTER (looked) AS end_ts,
         sum(packets) FILTER (looked) AS packets, sum(bytes) FILTER (looked) AS bytes
  FROM targets GROUP BY src_ip, dst_ip, ip_proto HAVING count(*) FILTER (looked) >= $min_ports
), horizontal AS (
  SELECT 'horizontal', src_ip, CAST(NULL AS VARCHAR), dst_port, ip_proto, count(*), count(*) FILTER (ip_scope(dst_ip) = 'internal'), count(*), count(*) FILTER (missed), avg(CAST(missed AS INTEGER)), median(contacts),
         count(*) FILTER (open), count(*) FILTER (refused), count(*) FILTER (stealth), sum(data) FILTER (open), coalesce(bool_or(one_sided), false), min(start_ts) FILTER (looked), max(end_ts) FILTER (looked),
         sum(packets) FILTER (looked), sum(bytes) FILTER (looked)
  FROM targets ANTI JOIN vertical USING (src_ip, dst_ip, ip_proto)
  GROUP BY src_ip, dst_port, ip_proto
  HAVING count(*) FILTER (looked) >= $min_hosts OR count(*) FILTER (looked AND ip_scope(dst_ip) = 'internal' AND ip_scope(src_ip) = 'internal') >= $min_internal_hosts
), scans AS (
  SELECT *, CASE WHEN shape = 'horizontal' AND ip_scope(src_ip) = 'internal' AND 2 * inside > hosts THEN 'lateral'
                 WHEN stealth * 2 > targets THEN 'stealth' WHEN ip_proto = 17 AND shape = 'vertical' THEN 'udp'
                 WHEN micros_between(start_ts, end_ts) / 1e6 > targets THEN shape || '-slow' ELSE shape END AS subclass
  FROM (FROM vertical UNION ALL FROM horizontal) WHERE missed >= CASE shape WHEN 'vertical' THEN $min_missed ELSE $min_missed_hosts END AND probes <= $max_probes
)
SELECT 'scan' AS class, subclass,
       CASE WHEN ip_scope(src_ip) = 'internal' THEN CASE WHEN subclass = 'lateral' THEN 'high' ELSE 'medium' END
            WHEN open > 0 AND data > 0 THEN 'medium' WHEN open > 0 OR refused > 0 OR one_sided OR ip_scope(dst_ip) = 'external' THEN 'low' ELSE 'info' END AS severity, -- of one direction only nobody knows whether there was an answer
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(hosts AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.5 + 0.5 * missed * (1 - 1 / ln(2.72 + missed_targets)), 2) AS score,
       src_ip || ' tried ' || CASE WHEN shape = 'vertical' THEN counted(targets, ip_proto_name(ip_proto) || ' port') || ' of ' || dst_ip
         ELSE ip_proto_name(ip_proto) || ' port ' || dst_port || ' of ' || counted(hosts, 'host') END
       || ' in ' || two_decimals(micros_between(start_ts, end_ts) / 1e6) || ' s: ' || grouped(missed_targets) || ' gave nothing, ' || grouped(open) || ' open.' AS finding,
       CAST(json_object('targets', targets, 'hosts', hosts, 'missed_targets', missed_targets, 'missed_share', round(missed, 3), 'open', open, 'refused', refused,
         'stealth_probes', stealth, 'contacts_per_target', probes, 'seconds', round(micros_between(start_ts, end_ts) / 1e6, 3)) AS VARCHAR) AS evidence
FROM scans
ORDER BY packets DESC, src_ip, dst_ip, dst_port, ip_proto
