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

WITH pressed AS (
  SELECT dst_key FROM missed_targets WHERE missed >= 200
), pressing AS (
  SELECT src_key, dst_key, ip_proto, dst_port, bin_start(first_ts, 10000000) AS bin FROM attempts SEMI JOIN pressed USING (dst_key) WHERE marks & 33 = 0 AND marks < 1024
), crowded_ports AS ( -- ports that many sources press at once are flooded; what they get there is no scan of theirs
  SELECT dst_key, ip_proto, dst_port, bin FROM pressing GROUP BY dst_key, ip_proto, dst_port, bin HAVING count(*) >= 200 AND count(DISTINCT src_key % 4096) >= 10
), crowds AS ( -- and so are targets that they press on no port in particular
  SELECT dst_key, ip_proto, bin FROM pressing ANTI JOIN crowded_ports USING (dst_key, ip_proto, dst_port, bin)
  GROUP BY dst_key, ip_proto, bin HAVING count(*) >= 200 AND count(DISTINCT src_key % 4096) >= 10
), throngs AS ( -- the same of slow floods: many sources that each try again and again, none of whom leads
  SELECT dst_key, ip_proto, ten FROM (
    SELECT dst_key, ip_proto, bin_start(bin, 600000000) AS ten, src_key, count(*) AS tries FROM pressing ANTI JOIN crowded_ports USING (dst_key, ip_proto, dst_port, bin)
      ANTI JOIN crowds USING (dst_key, ip_proto, bin) GROUP BY dst_key, ip_proto, ten, src_key)
  GROUP BY dst_key, ip_proto, ten HAVING sum(tries) >= 1000 AND count(*) FILTER (tries >= 10) >= 10 AND 2 * max(tries) < sum(tries)
), busy AS ( -- who fails often enough at all, so that the many who try once need not be grouped by target
  SELECT src_key FROM attempts WHERE marks & 33 = 0 AND marks < 1024 GROUP BY src_key HAVING count(*) >= least($min_ports, $min_hosts, $min_internal_hosts)
), targets AS ( -- marks of all contacts together: what no contact has is not in them
  SELECT src_key, dst_key, ip_proto, dst_port, bit_or(marks) AS marks, count(*) AS contacts, bit_or(marks) & 1 = 0 AS missed, bit_or(marks) & 1 = 0 AND count(*) <= $max_probes AS looked,
         min(first_ts) AS start_ts, max(last_ts) AS end_ts, sum(packets) AS packets, sum(bytes) AS bytes, sum(rev_payload_bytes) AS data
  FROM attempts SEMI JOIN busy USING (src_key)
    ANTI JOIN crowded_ports ON crowded_ports.dst_key = attempts.dst_key AND crowded_ports.ip_proto = attempts.ip_proto AND crowded_ports.dst_port = attempts.dst_port
      AND crowded_ports.bin = bin_start(attempts.first_ts, 10000000)
    ANTI JOIN crowds ON crowds.dst_key = attempts.dst_key AND crowds.ip_proto = attempts.ip_proto AND crowds.bin = bin_start(attempts.first_ts, 10000000)
    ANTI JOIN throngs ON throngs.dst_key = attempts.dst_key AND throngs.ip_proto = attempts.ip_proto AND throngs.ten = bin_start(attempts.first_ts, 600000000)
  WHERE marks & 32 = 0 AND marks < 1024 GROUP BY src_key, dst_key, ip_proto, dst_port
), deep AS (
  SELECT src_key, dst_key, ip_proto FROM targets SEMI JOIN (SELECT dst_key FROM missed_targets WHERE missed >= $min_ports) USING (dst_key) WHERE looked
  GROUP BY src_key, dst_key, ip_proto HAVING count(*) >= $min_ports
), vertical AS (
  SELECT 'vertical' AS shape, src_key, dst_key, CAST(NULL AS INTEGER) AS dst_port, ip_proto, 1 AS hosts, 0 AS inside, count(*) AS targets, count(*) FILTER (missed) AS missed_targets,
         avg(CAST(missed AS INTEGER)) AS missed, median(contacts) AS probes, count(*) FILTER (marks & 2 <> 0) AS open, count(*) FILTER (marks & 4 <> 0) AS refused,
         count(*) FILTER (marks & 8 <> 0) AS stealth, sum(data) FILTER (marks & 2 <> 0) AS data, coalesce(bool_or(marks & 64 <> 0), false) AS one_sided,
         min(start_ts) FILTER (looked) AS start_ts, max(end_ts) FILTER (looked) AS end_ts, sum(packets) FILTER (looked) AS packets, sum(bytes) FILTER (looked) AS bytes, bool_or(marks & 256 <> 0) AS src_inside
  FROM targets SEMI JOIN deep USING (src_key, dst_key, ip_proto) GROUP BY src_key, dst_key, ip_proto
), horizontal AS (
  SELECT 'horizontal', src_key, CAST(NULL AS UBIGINT), dst_port, ip_proto, count(*), count(*) FILTER (marks & 512 <> 0), count(*), count(*) FILTER (missed), avg(CAST(missed AS INTEGER)), median(contacts),
         count(*) FILTER (marks & 2 <> 0), count(*) FILTER (marks & 4 <> 0), count(*) FILTER (marks & 8 <> 0), sum(data) FILTER (marks & 2 <> 0), coalesce(bool_or(marks & 64 <> 0), false),
         min(start_ts) FILTER (looked), max(end_ts) FILTER (looked), sum(packets) FILTER (looked), sum(bytes) FILTER (looked), bool_or(marks & 256 <> 0)
  FROM targets ANTI JOIN deep USING (src_key, dst_key, ip_proto)
  GROUP BY src_key, dst_port, ip_proto
  HAVING count(*) FILTER (looked) >= $min_hosts OR count(*) FILTER (looked AND marks & 768 = 768) >= $min_internal_hosts
), found AS (
  SELECT *, CASE WHEN shape = 'horizontal' AND src_inside AND 2 * inside > hosts THEN 'lateral'
                 WHEN stealth * 2 > targets THEN 'stealth' WHEN ip_proto = 17 AND shape = 'vertical' THEN 'udp'
                 WHEN micros_between(start_ts, end_ts) / 1e6 > targets THEN shape || '-slow' ELSE shape END AS subclass
  FROM (FROM vertical UNION ALL FROM horizontal) WHERE missed >= CASE shape WHEN 'vertical' THEN $min_missed ELSE $min_missed_hosts END AND probes <= $max_probes
), sources AS (
  SELECT text_hash(src_ip) AS src_key, min(src_ip) AS src_ip FROM flows WHERE text_hash(src_ip) IN (SELECT src_key FROM found) GROUP BY src_key
), hosts AS (
  SELECT text_hash(dst_ip) AS dst_key, min(dst_ip) AS dst_ip FROM flows WHERE text_hash(dst_ip) IN (SELECT dst_key FROM found WHERE dst_key IS NOT NULL) GROUP BY dst_key
), scans AS (
  SELECT found.*, src_ip, dst_ip FROM found JOIN sources USING (src_key) LEFT JOIN hosts ON hosts.dst_key = found.dst_key
)
SELECT 'scan' AS class, subclass,
       CASE WHEN src_inside THEN CASE WHEN subclass = 'lateral' THEN 'high' ELSE 'medium' END
            WHEN open > 0 AND data > 0 THEN 'medium' WHEN open > 0 OR refused > 0 OR one_sided OR ip_scope(dst_ip) = 'external' THEN 'low' ELSE 'info' END AS severity, -- of one direction only nobody knows whether there was an answer
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(hosts AS BIGINT) AS dst_count, dst_port, CAST(ip_proto AS INTEGER) AS ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.5 + 0.5 * missed * (1 - 1 / ln(2.72 + missed_targets)), 2) AS score,
       src_ip || ' tried ' || CASE WHEN shape = 'vertical' THEN counted(targets, ip_proto_name(ip_proto) || ' port') || ' of ' || dst_ip
         ELSE ip_proto_name(ip_proto) || ' port ' || dst_port || ' of ' || counted(hosts, 'host') END
       || ' in ' || two_decimals(micros_between(start_ts, end_ts) / 1e6) || ' s: ' || grouped(missed_targets) || ' gave nothing, ' || grouped(open) || ' open.' AS finding,
       CAST(json_object('targets', targets, 'hosts', hosts, 'missed_targets', missed_targets, 'missed_share', round(missed, 3), 'open', open, 'refused', refused,
         'stealth_probes', stealth, 'contacts_per_target', probes, 'seconds', round(micros_between(start_ts, end_ts) / 1e6, 3)) AS VARCHAR) AS evidence
FROM scans
ORDER BY packets DESC, src_ip, dst_ip, dst_port, ip_proto
