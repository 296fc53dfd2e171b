-- title: Floods of connections and datagrams
-- doc: A target gets new flows faster than it can serve, of which most come to nothing: half-open, refused, unanswered, or segments of no connection (ACK, FIN and the like). They hammer one port, or come
-- from many sources, or carry much: else it is a scan. Seconds with such a rate are one episode, gaps up to a minute bridged: dos when one source sends four fifths of the flows, ddos when not.
-- Slow ones count by the minute, and slower ones by ten, with gaps of ten such windows: fewer will do of connections that the client leaves half-open, which no server's being down explains. Many hosts that try
-- one port each now and then are clients of a service that is down.
-- param: min_rate INTEGER 40 new flows in a second (Snort 3's and Zeek's scan limits lie below; no server refuses as many in quiet)
-- param: min_seconds INTEGER 2 seconds of an episode with that rate (own choice: one may be a burst of retries)
-- param: min_minute INTEGER 300 new flows to one port in a minute that make a slow flood (own choice: a client that insists tries once in a second or two)
-- param: half_minute INTEGER 120 the same of connections left half-open (own choice: checks that leave connections half-open come every few seconds)
-- param: min_long INTEGER 1200 new flows in ten minutes that make a slower one, to one port, or to several from many sources that each send ten (own choice: two in a second)
-- param: min_failed DOUBLE 0.7 share of them that come to nothing (as of scans)
-- param: top_share DOUBLE 0.8 share of the most active source from which on it is dos, not ddos (own choice)
-- param: min_sources INTEGER 10 sources that make a flood without a port hammered (own choice)
-- param: client_rate INTEGER 10 flows of each source in a second, and 30 in a minute, from which on many that press one port are no clients of a service that is down (own choice, by the same client)
-- kind: detector
-- class: dos
-- subclass: syn-flood
-- techniques: T1498.001 T1499.001
-- severity: high

WITH hot AS ( -- the few targets that it can be of
  SELECT dst_key FROM missed_targets WHERE failed >= $min_failed * least($min_rate, $half_minute, $min_minute, $min_long)
), tries AS NOT MATERIALIZED (
  SELECT attempts.*, date_trunc('second', first_ts) AS second, date_trunc('minute', first_ts) AS minute, bin_start(first_ts, 600000000) AS ten
  FROM attempts SEMI JOIN hot USING (dst_key) WHERE marks < 1024
), seconds AS (
  SELECT dst_key, ip_proto, second AS bin, count(*) AS flows, count(*) FILTER (marks & 128 <> 0) AS failed, count(*) FILTER (marks & 16 <> 0) AS halves, count(*) FILTER (marks & 8 <> 0) AS stray,
         count(*) FILTER (marks & 256 <> 0) AS inside, sum(fwd_payload_bytes) AS payload,
         min(dst_port) AS low_port, max(dst_port) AS high_port, sum(packets) AS packets, sum(bytes) AS bytes, min(first_ts) AS start_ts, max(first_ts) AS end_ts
  FROM tries GROUP BY dst_key, ip_proto, second
), longer AS (
  SELECT width, dst_key, ip_proto, bin_start(bin, width * 1000000) AS bin, sum(flows) AS flows, sum(failed) AS failed, sum(halves) AS halves, sum(stray) AS stray, sum(inside) AS inside, sum(payload) AS payload,
         min(low_port) AS low_port, max(high_port) AS high_port, sum(packets) AS packets, sum(bytes) AS bytes, min(start_ts) AS start_ts, max(end_ts) AS end_ts,
         count(*) FILTER (flows >= $min_rate AND failed >= $min_failed * flows) AS fast
  FROM seconds, (VALUES (60), (600)) widths(width) GROUP BY width, dst_key, ip_proto, bin_start(bin, width * 1000000)
), hard AS ( -- windows with enough of them; longer ones but for those that fast seconds fill. A fifth will do of ten minutes at the edge of a flood
  SELECT 1 AS width, * FROM seconds WHERE flows >= $min_rate AND failed >= $min_failed * flows
  UNION ALL
  SELECT * EXCLUDE (fast) FROM longer WHERE failed >= $min_failed * flows AND fast < $min_seconds
    AND CASE width WHEN 60 THEN flows >= $min_minute OR halves >= greatest($half_minute, $min_failed * flows) ELSE 5 * flows >= $min_long END
), presses AS ( -- who is the source in the middle, which is the one that leads where one does; ports and sources are counted where there are several ports or it matters
  SELECT width, dst_key, ip_proto, bin, quantile_disc(src_key, 0.5) AS who, greatest(count(DISTINCT CASE WHEN low_port < high_port THEN dst_port END), 1) AS ports,
         count(DISTINCT CASE WHEN low_port < high_port OR width > 1 OR 2 * inside > flows THEN src_key END) AS sources
  FROM (SELECT width, dst_key, ip_proto, bin, src_key, dst_port, low_port, high_port, inside, flows FROM hard JOIN tries USING (dst_key, ip_proto) WHERE width = 1 AND bin = second
  UNION ALL SELECT width, dst_key, ip_proto, bin, src_key, dst_port, low_port, high_port, inside, flows FROM hard JOIN tries USING (dst_key, ip_proto) WHERE width = 60 AND bin = minute
  UNION ALL SELECT width, dst_key, ip_proto, bin, src_key, dst_port, low_port, high_port, inside, flows FROM hard JOIN tries USING (dst_key, ip_proto) WHERE width = 600 AND bin = ten)
  GROUP BY width, dst_key, ip_proto, bin
), windows AS (
  SELECT hard.*, who, ports, sources FROM hard JOIN presses USING (width, dst_key, ip_proto, bin)
  WHERE CASE width WHEN 1 THEN flows >= 4 * ports OR sources >= $min_sources OR ip_proto = 17 AND payload >= 64 * flows AND flows >= 500 WHEN 60 THEN flows >= 30 * ports
                   ELSE flows >= 100 * ports OR sources >= $min_sources AND flows >= 10 * sources END
    AND (ports > 1 OR halves >= $min_failed * flows OR flows >= greatest($client_rate, width / 2) * sources OR width = 1 AND 2 * inside <= flows)
), heads AS (
  SELECT width, dst_key, ip_proto, bin, count(*) AS lead_flows FROM (SELECT width, dst_key, ip_proto, bin FROM windows JOIN tries USING (dst_key, ip_proto) WHERE width = 1 AND bin = second AND who = src_key
  UNION ALL SELECT width, dst_key, ip_proto, bin FROM windows JOIN tries USING (dst_key, ip_proto) WHERE width = 60 AND bin = minute AND who = src_key
  UNION ALL SELECT width, dst_key, ip_proto, bin FROM windows JOIN tries USING (dst_key, ip_proto) WHERE width = 600 AND bin = ten AND who = src_key)
  GROUP BY width, dst_key, ip_proto, bin
), pressed AS ( -- leader: who sends the most in each window; NULL when nobody leads
  SELECT windows.*, lead_flows, CASE WHEN lead_flows >= $top_share * flows THEN who END AS leader FROM windows JOIN heads USING (width, dst_key, ip_proto, bin)
  WHERE width < 600 OR ports = 1 OR lead_flows < flows / 2 -- one that tries many ports in ten minutes scans
), marked AS (
  SELECT *, sum(CASE WHEN gap IS NULL OR gap > 1000000.0 * greatest(60, 10 * width) THEN 1 ELSE 0 END) OVER (PARTITION BY width, dst_key, ip_proto, leader ORDER BY bin) AS episode
  FROM (SELECT *, micros_between(lag(bin) OVER (PARTITION BY width, dst_key, ip_proto, leader ORDER BY bin), bin) AS gap FROM pressed)
), episodes AS (
  SELECT width, dst_key, ip_proto, leader, episode, CASE WHEN min(low_port) = max(high_port) THEN min(low_port) END AS dst_port, max(ports) AS ports,
         sum(flows) AS flows, sum(failed) AS failed, sum(halves) AS halves, sum(stray) AS stray, sum(packets) AS packets, sum(bytes) AS bytes, min(start_ts) AS start_ts, max(end_ts) AS end_ts,
         width * count(*) AS seconds
  FROM marked GROUP BY width, dst_key, ip_proto, leader, episode HAVING width * count(*) >= $min_seconds AND (width < 600 OR max(flows) >= $min_long)
), floods AS ( -- of windows of several widths that tell of one flood, those that tell of most of it; a burst is part of a long flood of the same source
  SELECT e.* FROM episodes e
  WHERE 2 * (SELECT coalesce(sum(o.flows), 0) FROM episodes o WHERE o.width < e.width AND o.dst_key = e.dst_key AND o.ip_proto = e.ip_proto AND o.start_ts <= e.end_ts AND o.end_ts >= e.start_ts) < e.flows
    AND NOT EXISTS (SELECT 1 FROM episodes o WHERE o.width > e.width AND o.dst_key = e.dst_key AND o.ip_proto = e.ip_proto AND o.start_ts <= e.end_ts AND o.end_ts >= e.start_ts AND 2 * e.flows < o.flows AND e.leader IS NOT DISTINCT FROM o.leader)
), pressing AS ( -- the windows of these
  SELECT marked.* FROM marked JOIN floods ON floods.width = marked.width AND floods.dst_key = marked.dst_key AND floods.ip_proto = marked.ip_proto AND floods.leader IS NOT DISTINCT FROM marked.leader
    AND floods.episode = marked.episode
), tops AS (
  SELECT width, dst_key, ip_proto, leader, episode, count(*) AS sources, max(tries) AS top_flows FROM (
  SELECT width, dst_key, ip_proto, leader, episode, src_key, count(*) AS tries
  FROM (SELECT width, dst_key, ip_proto, leader, episode, src_key FROM pressing JOIN tries USING (dst_key, ip_proto) WHERE width = 1 AND bin = second
  UNION ALL SELECT width, dst_key, ip_proto, leader, episode, src_key FROM pressing JOIN tries USING (dst_key, ip_proto) WHERE width = 60 AND bin = minute
  UNION ALL SELECT width, dst_key, ip_proto, leader, episode, src_key FROM pressing JOIN tries USING (dst_key, ip_proto) WHERE width = 600 AND bin = ten)
  GROUP BY width, dst_key, ip_proto, leader, episode, src_key) GROUP BY width, dst_key, ip_proto, leader, episode
), names AS (
  SELECT text_hash(dst_ip) AS key, min(dst_ip) AS ip FROM flows WHERE text_hash(dst_ip) IN (SELECT dst_key FROM floods) GROUP BY key
  UNION ALL SELECT text_hash(src_ip), min(src_ip) FROM flows WHERE text_hash(src_ip) IN (SELECT leader FROM floods WHERE leader IS NOT NULL) AND text_hash(src_ip) NOT IN (SELECT dst_key FROM floods) GROUP BY ALL
), told AS (
  SELECT floods.*, target.ip AS dst_ip, source.ip AS src_ip, floods.leader IS NOT NULL AS single, sources, top_flows, flows / greatest(micros_between(start_ts, end_ts) / 1e6, 1) AS rate
  FROM floods JOIN tops ON tops.width = floods.width AND tops.dst_key = floods.dst_key AND tops.ip_proto = floods.ip_proto AND tops.leader IS NOT DISTINCT FROM floods.leader AND tops.episode = floods.episode
    JOIN names target ON target.key = floods.dst_key LEFT JOIN names source ON source.key = floods.leader
)
SELECT CASE WHEN single THEN 'dos' ELSE 'ddos' END AS class,
       CASE ip_proto WHEN 6 THEN CASE WHEN 2 * stray > flows THEN 'segment-flood' ELSE 'syn-flood' END WHEN 17 THEN 'udp-flood' ELSE 'sctp-flood' END AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, CAST(ip_proto AS INTEGER) AS ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(CASE width WHEN 1 THEN 0.6 WHEN 60 THEN 0.5 ELSE 0.4 END + 0.4 * (1 - 2 / greatest(rate, 2)), 2) AS score,
       dst_ip || coalesce(' port ' || dst_port, '') || ' got ' || grouped(flows) || ' new flows of ' || ip_proto_name(ip_proto) || ' in ' || counted(seconds, 'second') || ' from '
       || CASE WHEN single THEN src_ip ELSE counted(sources, 'source') END || '; ' || grouped(failed) || ' came to nothing.' AS finding,
       CAST(json_object('flows', flows, 'failed', failed, 'seconds', seconds, 'half_open', halves, 'stray', stray, 'flows_per_second', round(rate, 1), 'sources', sources, 'top_source_share', round(top_flows / flows, 3),
         'ports', ports) AS VARCHAR) AS evidence
FROM told
ORDER BY packets DESC, dst_ip, ip_proto, start_ts, src_ip
