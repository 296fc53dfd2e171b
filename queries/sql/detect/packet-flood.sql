-- title: Floods of packets
-- doc: A target gets packets of ICMP, or datagrams or fragments that it does not answer, at a high rate for seconds. Gaps up to a minute are bridged; dos when one
-- source sends four fifths, ddos when not.
-- param: icmp_rate INTEGER 100 packets of ICMP in a second (own choice: a monitor sends some)
-- param: udp_rate INTEGER 1000 datagrams in a second that get no answer (own choice: above one-way audio and video)
-- param: fragment_rate INTEGER 200 fragments in a second of datagrams that get no answer (own choice)
-- param: min_seconds INTEGER 2 seconds of an episode with that rate (own choice)
-- param: top_share DOUBLE 0.8 share of the most active source from which on it is dos, not ddos (own choice)
-- kind: detector
-- class: dos
-- subclass: packet-flood
-- techniques: T1498.001
-- severity: high

WITH silent AS (
  SELECT capture_id, flow_id FROM flows WHERE rev_packets * 20 < fwd_packets AND ip_proto NOT IN (1, 6, 58)
), sent AS (
  SELECT p.src_ip, p.dst_ip, p.ip_proto, p.dst_port, p.ip_len, p.ts, bin_start(p.ts, 1000000) AS bin, CASE WHEN p.ip_proto IN (1, 58) THEN 'icmp' WHEN p.ip_frag_offset > 0 OR p.ip_flags & 1 = 1 THEN 'fragment' ELSE 'udp' END AS kind
  FROM packets p LEFT JOIN silent USING (capture_id, flow_id)
  WHERE p.ts IS NOT NULL AND (p.ip_proto IN (1, 58) AND p.icmp_type IN (8, 13, 15, 17, 128) OR silent.flow_id IS NOT NULL AND (p.ip_proto = 17 OR p.ip_frag_offset > 0 OR p.ip_flags & 1 = 1))
), counted AS (
  SELECT src_ip, dst_ip, ip_proto, kind, bin, count(*) AS packets, sum(ip_len) AS bytes, min(ts) AS start_ts, max(ts) AS end_ts, count(DISTINCT dst_port) AS ports, min(dst_port) AS dst_port
  FROM sent GROUP BY src_ip, dst_ip, ip_proto, kind, bin
), leaders AS ( -- who sends the most in each second; '' when nobody leads
  SELECT dst_ip, ip_proto, kind, bin, CASE WHEN max(packets) >= $top_share * sum(packets) THEN arg_max(src_ip, packets) ELSE '' END AS leader
  FROM counted WHERE ip_scope(dst_ip) IN ('internal', 'external') GROUP BY dst_ip, ip_proto, kind, bin
  HAVING sum(packets) >= CASE kind WHEN 'icmp' THEN $icmp_rate WHEN 'udp' THEN $udp_rate ELSE $fragment_rate END
), marked AS (
  SELECT *, sum(CASE WHEN gap IS NULL OR gap > 60000000 THEN 1 ELSE 0 END) OVER (PARTITION BY dst_ip, ip_proto, kind, leader ORDER BY bin) AS episode
  FROM (SELECT *, micros_between(lag(bin) OVER (PARTITION BY dst_ip, ip_proto, kind, leader ORDER BY bin), bin) AS gap FROM leaders)
), joined AS (
  SELECT counted.*, leader, episode FROM counted JOIN marked USING (dst_ip, ip_proto, kind, bin)
), sources AS (
  SELECT dst_ip, ip_proto, kind, leader, episode, src_ip, sum(packets) AS packets FROM joined GROUP BY dst_ip, ip_proto, kind, leader, episode, src_ip
), tops AS (
  SELECT dst_ip, ip_proto, kind, leader, episode, max(packets) AS top_packets, count(*) AS sources FROM sources GROUP BY dst_ip, ip_proto, kind, leader, episode
), floods AS (
  SELECT dst_ip, ip_proto, kind, leader, episode, any_value(sources) AS sources, any_value(top_packets) AS top_packets, leader <> '' AS single,
         CASE WHEN max(ports) = 1 AND min(dst_port) = max(dst_port) THEN min(dst_port) END AS dst_port,
         sum(packets) AS packets, sum(bytes) AS bytes, min(start_ts) AS start_ts, max(end_ts) AS end_ts, count(DISTINCT bin) AS seconds
  FROM joined JOIN tops USING (dst_ip, ip_proto, kind, leader, episode) GROUP BY dst_ip, ip_proto, kind, leader, episode HAVING count(DISTINCT bin) >= $min_seconds
)
SELECT CASE WHEN single THEN 'dos' ELSE 'ddos' END AS class, kind || '-flood' AS subclass, CAST(NULL AS VARCHAR) AS severity,
       nullif(leader, '') AS src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.6 + 0.4 * (1 - 100 / greatest(packets / seconds, 100)), 2) AS score,
       dst_ip || ' got ' || grouped(packets) || ' packets (' || kind || ') in ' || counted(seconds, 'second') || ' from ' || CASE WHEN single THEN leader ELSE counted(sources, 'source') END || '.' AS finding,
       CAST(json_object('packets', packets, 'seconds', seconds, 'packets_per_second', round(packets / seconds, 1), 'sources', sources, 'top_source_share', round(top_packets / packets, 3)) AS VARCHAR) AS evidence
FROM floods
ORDER BY packets DESC, dst_ip, ip_proto, kind, start_ts, src_ip
