-- title: Floods of packets
-- doc: A target gets packets of ICMP, or datagrams, fragments, or segments of no connection (resets; what it answers by nothing but resets; SYN with ACK that it did not ask for), at a high rate for seconds, of
-- ICMP and such segments also at a lower one for minutes, and of ICMP from very many sources at a lower one still. Gaps up to a minute are bridged, of slow ones up to ten windows; dos when one source sends four
-- fifths, ddos when not. Segments each from another port are flows of their own, which the detector flood counts.
-- param: icmp_rate INTEGER 100 packets of ICMP in a second (own choice: a monitor sends some)
-- param: icmp_minute INTEGER 1200 the same in a minute, of a slow flood (own choice: 20 in a second; who looks for a fault sends one or a few)
-- param: udp_rate INTEGER 1000 datagrams in a second that get no answer (own choice: above one-way audio and video)
-- param: query_rate INTEGER 300 the same to a service that answers every question, such as DNS or SNMP (own choice: nobody streams there)
-- param: icmp_long INTEGER 1000 the same in ten minutes when hundred sources or more send it, none of which leads (own choice: some measure their distance)
-- param: reset_rate INTEGER 200 segments in a second of connections that there are none of (own choice: above what is left of one that was cut off)
-- param: reset_minute INTEGER 1200 the same in a minute, of a slow flood (as of ICMP)
-- param: fragment_rate INTEGER 200 fragments in a second of datagrams that get no answer (own choice)
-- param: min_seconds INTEGER 2 seconds of an episode with that rate (own choice)
-- param: top_share DOUBLE 0.8 share of the most active source from which on it is dos, not ddos (own choice)
-- kind: detector
-- class: dos
-- subclass: packet-flood
-- techniques: T1498.001
-- severity: high

WITH silent AS (
  SELECT capture_id, flow_id FROM flows WHERE rev_packets * 20 < fwd_packets AND (ip_proto NOT IN (1, 6, 58) OR ip_proto = 6 AND fwd_rsts = fwd_packets)
), refused AS ( -- segments that nothing but resets answer
  SELECT capture_id, flow_id FROM flows
  WHERE ip_proto = 6 AND fwd_syns = 0 AND CASE WHEN rev_synacks > 0 THEN rev_synacks = rev_packets AND fwd_rsts = fwd_packets ELSE fwd_packets > 3 AND rev_tcp_flags IN (4, 20) AND rev_rsts > 0 END
), sent AS (
  SELECT p.src_ip, p.dst_ip, p.ip_proto, p.dst_port, p.ip_len, p.ts, bin_start(p.ts, 1000000) AS bin, CASE WHEN p.ip_proto IN (1, 58) THEN 'icmp' WHEN p.ip_frag_offset > 0 OR p.ip_flags & 1 = 1 THEN 'fragment'
         WHEN p.ip_proto = 6 THEN CASE WHEN p.tcp_flags & 4 <> 0 THEN 'reset' ELSE 'segment' END
         WHEN p.dst_port IN (17, 19, 53, 69, 111, 123, 137, 161, 389, 1900, 3702, 5353, 11211) THEN 'query' ELSE 'udp' END AS kind
  FROM (SELECT * FROM packets WHERE ip_proto = 1 UNION ALL SELECT * FROM packets WHERE ip_proto = 58
    UNION ALL SELECT packets.* FROM packets SEMI JOIN silent USING (capture_id, flow_id) WHERE ip_proto <> 1 AND ip_proto <> 58
    UNION ALL SELECT packets.* FROM packets SEMI JOIN refused USING (capture_id, flow_id) WHERE ip_proto = 6 AND tcp_flags & 4 = 0) p
  WHERE p.ts IS NOT NULL AND CASE WHEN p.ip_proto IN (1, 58) THEN p.icmp_type IN (8, 13, 15, 17, 128) ELSE p.ip_proto IN (6, 17) OR p.ip_frag_offset > 0 OR p.ip_flags & 1 = 1 END
), news AS (
  SELECT src_ip, dst_ip, ip_proto, kind, 1 AS width, bin, count(*) AS packets, sum(ip_len) AS bytes, min(ts) AS start_ts, max(ts) AS end_ts, count(DISTINCT dst_port) AS ports, min(dst_port) AS dst_port
  FROM sent GROUP BY src_ip, dst_ip, ip_proto, kind, bin
), counted AS (
  FROM news UNION ALL
  SELECT src_ip, dst_ip, ip_proto, kind, widths.width, bin_start(bin, widths.width * 1000000), sum(packets), sum(bytes), min(start_ts), max(end_ts), 0, NULL
  FROM news, (VALUES (60), (600)) widths(width) WHERE kind = 'icmp' OR widths.width = 60 AND kind IN ('reset', 'segment') GROUP BY src_ip, dst_ip, ip_proto, kind, widths.width, bin_start(bin, widths.width * 1000000)
), leaders AS ( -- who sends the most in each window; '' when nobody leads. A fifth will do of ten minutes at the edge of a flood
  SELECT dst_ip, ip_proto, kind, width, bin, CASE WHEN max(packets) >= $top_share * sum(packets) THEN arg_max(src_ip, packets) ELSE '' END AS leader, sum(packets) AS pressure
  FROM counted WHERE is_host(dst_ip) GROUP BY dst_ip, ip_proto, kind, width, bin
  HAVING CASE width WHEN 1 THEN sum(packets) >= CASE kind WHEN 'icmp' THEN $icmp_rate WHEN 'udp' THEN $udp_rate WHEN 'query' THEN $query_rate WHEN 'fragment' THEN $fragment_rate ELSE $reset_rate END
                    WHEN 60 THEN sum(packets) >= CASE kind WHEN 'icmp' THEN $icmp_minute ELSE $reset_minute END
                    ELSE 5 * sum(packets) >= $icmp_long AND count(*) >= 100 AND max(packets) < $top_share * sum(packets) END
), marked AS (
  SELECT *, sum(CASE WHEN gap IS NULL OR gap > 1000000.0 * greatest(60, 10 * width) THEN 1 ELSE 0 END) OVER (PARTITION BY dst_ip, ip_proto, kind, width, leader ORDER BY bin) AS episode
  FROM (SELECT *, micros_between(lag(bin) OVER (PARTITION BY dst_ip, ip_proto, kind, width, leader ORDER BY bin), bin) AS gap FROM leaders)
), joined AS (
  SELECT counted.*, leader, episode, pressure FROM counted JOIN marked USING (dst_ip, ip_proto, kind, width, bin)
), sources AS (
  SELECT dst_ip, ip_proto, kind, width, leader, episode, src_ip, sum(packets) AS packets FROM joined GROUP BY dst_ip, ip_proto, kind, width, leader, episode, src_ip
), tops AS (
  SELECT dst_ip, ip_proto, kind, width, leader, episode, max(packets) AS top_packets, count(*) AS sources FROM sources GROUP BY dst_ip, ip_proto, kind, width, leader, episode
), floods AS (
  SELECT dst_ip, ip_proto, kind, width, leader, episode, any_value(sources) AS sources, any_value(top_packets) AS top_packets, leader <> '' AS single,
         CASE WHEN max(ports) = 1 AND min(dst_port) = max(dst_port) THEN min(dst_port) END AS dst_port,
         sum(packets) AS packets, sum(bytes) AS bytes, min(start_ts) AS start_ts, max(end_ts) AS end_ts, width * count(DISTINCT bin) AS seconds
  FROM joined JOIN tops USING (dst_ip, ip_proto, kind, width, leader, episode) GROUP BY dst_ip, ip_proto, kind, width, leader, episode HAVING width * count(DISTINCT bin) >= $min_seconds AND (width < 600 OR max(pressure) >= $icmp_long)
), told AS ( -- of windows of several widths that tell of one flood, those that tell of most of it; a burst is part of a long flood of the same source
  SELECT e.* FROM floods e
  WHERE 2 * (SELECT coalesce(sum(o.packets), 0) FROM floods o WHERE o.width < e.width AND o.dst_ip = e.dst_ip AND o.ip_proto = e.ip_proto AND o.kind = e.kind AND o.start_ts <= e.end_ts AND o.end_ts >= e.start_ts) < e.packets
    AND NOT EXISTS (SELECT 1 FROM floods o WHERE o.width > e.width AND o.dst_ip = e.dst_ip AND o.ip_proto = e.ip_proto AND o.kind = e.kind AND o.start_ts <= e.end_ts AND o.end_ts >= e.start_ts AND 2 * e.packets < o.packets AND e.leader = o.leader)
)
SELECT CASE WHEN single THEN 'dos' ELSE 'ddos' END AS class, CASE kind WHEN 'query' THEN 'udp' ELSE kind END || '-flood' AS subclass, CAST(NULL AS VARCHAR) AS severity,
       nullif(leader, '') AS src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.6 + 0.4 * (1 - 20 / greatest(packets / seconds, 20)), 2) AS score,
       dst_ip || ' got ' || grouped(packets) || ' packets (' || kind || ') in ' || counted(seconds, 'second') || ' from ' || CASE WHEN single THEN leader ELSE counted(sources, 'source') END || '.' AS finding,
       CAST(json_object('packets', packets, 'seconds', seconds, 'packets_per_second', round(packets / seconds, 1), 'sources', sources, 'top_source_share', round(top_packets / packets, 3)) AS VARCHAR) AS evidence
FROM told
ORDER BY packets DESC, dst_ip, ip_proto, kind, start_ts, src_ip
