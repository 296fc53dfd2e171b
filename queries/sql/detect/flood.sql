-- title: Floods of connections and datagrams
-- doc: A target gets new flows faster than it can serve, of which most come to nothing: half-open, refused or unanswered. They hammer one port, or come from many
-- sources, or carry much: else it is a scan. Seconds with such a rate, gaps up to a minute bridged, are one episode: dos when one source sends four fifths of the flows, ddos when not.
-- Slow ones count by the minute: fewer will do of connections that the client leaves half-open, which no server's being down explains.
-- param: min_rate INTEGER 40 new flows in a second (Snort 3's and Zeek's scan limits lie below; no server refuses as many in quiet)
-- param: min_seconds INTEGER 2 seconds of an episode with that rate (own choice: one may be a burst of retries)
-- param: min_minute INTEGER 300 new flows to one port in a minute that make a slow flood (own choice: a client that insists tries once in a second or two)
-- param: half_minute INTEGER 120 the same of connections left half-open (own choice: checks that leave connections half-open come every few seconds)
-- param: min_failed DOUBLE 0.7 share of them that come to nothing (as of scans)
-- param: top_share DOUBLE 0.8 share of the most active source from which on it is dos, not ddos (own choice)
-- param: min_sources INTEGER 10 sources that make a flood without a port hammered (own choice)
-- kind: detector
-- class: dos
-- subclass: syn-flood
-- techniques: T1498.001 T1499.001
-- severity: high

WITH hot AS ( -- the few targets that it can be of
  SELECT dst_key FROM missed_targets WHERE failed >= $min_failed * least($min_rate, $half_minute, $min_minute)
), tries AS NOT MATERIALIZED (
  SELECT attempts.*, date_trunc('second', first_ts) AS second, date_trunc('minute', first_ts) AS minute FROM attempts SEMI JOIN hot USING (dst_key) WHERE marks < 1024
), seconds AS (
  SELECT dst_key, ip_proto, second AS bin, count(*) AS flows, count(*) FILTER (marks & 128 <> 0) AS failed, count(*) FILTER (marks & 16 <> 0) AS halves, sum(fwd_payload_bytes) AS payload,
         min(dst_port) AS low_port, max(dst_port) AS high_port, sum(packets) AS packets, sum(bytes) AS bytes, min(first_ts) AS start_ts, max(first_ts) AS end_ts
  FROM tries GROUP BY dst_key, ip_proto, second
), minutes AS (
  SELECT dst_key, ip_proto, bin_start(bin, 60000000) AS bin, sum(flows) AS flows, sum(failed) AS failed, sum(halves) AS halves, sum(payload) AS payload, min(low_port) AS low_port, max(high_port) AS high_port,
         sum(packets) AS packets, sum(bytes) AS bytes, min(start_ts) AS start_ts, max(end_ts) AS end_ts,
         count(*) FILTER (flows >= $min_rate AND failed >= $min_failed * flows) AS fast
  FROM seconds GROUP BY dst_key, ip_proto, bin_start(bin, 60000000)
), full_seconds AS (
  SELECT * FROM seconds WHERE flows >= $min_rate AND failed >= $min_failed * flows
), full_minutes AS ( -- but for those that fast seconds fill
  SELECT * EXCLUDE (fast) FROM minutes
  WHERE failed >= $min_failed * flows AND (flows >= $min_minute OR halves >= greatest($half_minute, $min_failed * flows)) AND fast < $min_seconds
), presses AS ( -- who is the source in the middle, which is the one that leads where one does; ports and sources are counted where there are several ports
  SELECT 1 AS width, dst_key, ip_proto, bin, quantile_disc(src_key, 0.5) AS who, count(DISTINCT CASE WHEN low_port < high_port THEN dst_port END) AS ports,
         count(DISTINCT CASE WHEN low_port < high_port THEN src_key END) AS sources
  FROM full_seconds JOIN tries USING (dst_key, ip_proto) WHERE bin = second GROUP BY dst_key, ip_proto, bin
  UNION ALL
  SELECT 60, dst_key, ip_proto, bin, quantile_disc(src_key, 0.5), count(DISTINCT CASE WHEN low_port < high_port THEN dst_port END), 0
  FROM full_minutes JOIN tries USING (dst_key, ip_proto) WHERE bin = minute GROUP BY dst_key, ip_proto, bin
), windows AS (
  SELECT w.*, who, greatest(ports, 1) AS ports
  FROM (SELECT 1 AS width, * FROM full_seconds UNION ALL SELECT 60, * FROM full_minutes) w JOIN presses USING (width, dst_key, ip_proto, bin)
  WHERE CASE width WHEN 1 THEN flows >= 4 * greatest(ports, 1) OR sources >= $min_sources OR ip_proto = 17 AND payload >= 64 * flows AND flows >= 500 ELSE flows >= 30 * greatest(ports, 1) END
), heads AS (
  SELECT width, dst_key, ip_proto, bin, count(*) AS lead_flows FROM windows JOIN tries USING (dst_key, ip_proto) WHERE width = 1 AND bin = second AND who = src_key GROUP BY width, dst_key, ip_proto, bin
  UNION ALL
  SELECT width, dst_key, ip_proto, bin, count(*) FROM windows JOIN tries USING (dst_key, ip_proto) WHERE width = 60 AND bin = minute AND who = src_key GROUP BY width, dst_key, ip_proto, bin
), pressed AS ( -- leader: who sends the most in each window; NULL when nobody leads
  SELECT windows.*, lead_flows, CASE WHEN lead_flows >= $top_share * flows THEN who END AS leader FROM windows JOIN heads USING (width, dst_key, ip_proto, bin)
), marked AS (
  SELECT *, sum(CASE WHEN gap IS NULL OR gap > 60000000 THEN 1 ELSE 0 END) OVER (PARTITION BY width, dst_key, ip_proto, leader ORDER BY bin) AS episode
  FROM (SELECT *, micros_between(lag(bin) OVER (PARTITION BY width, dst_key, ip_proto, leader ORDER BY bin), bin) AS gap FROM pressed)
), episodes AS (
  SELECT width, dst_key, ip_proto, leader, episode, CASE WHEN min(low_port) = max(high_port) THEN min(low_port) END AS dst_port, max(ports) AS ports, sum(lead_flows) AS top_flows,
         sum(flows) AS flows, sum(failed) AS failed, sum(halves) AS halves, sum(packets) AS packets, sum(bytes) AS bytes, min(start_ts) AS start_ts, max(end_ts) AS end_ts,
         width * count(*) AS seconds
  FROM marked GROUP BY width, dst_key, ip_proto, leader, episode HAVING width * count(*) >= $min_seconds
), floods AS ( -- a slow one is not told beside a fast one that it is
  SELECT * FROM episodes WHERE width = 1
  UNION ALL SELECT slow.* FROM episodes slow WHERE width = 60 AND NOT EXISTS (SELECT 1 FROM episodes fast WHERE fast.width = 1 AND fast.dst_key = slow.dst_key
    AND fast.ip_proto = slow.ip_proto AND fast.start_ts <= slow.end_ts AND fast.end_ts >= slow.start_ts)
), pressing AS ( -- the windows of these
  SELECT marked.* FROM marked JOIN floods ON floods.width = marked.width AND floods.dst_key = marked.dst_key AND floods.ip_proto = marked.ip_proto AND floods.leader IS NOT DISTINCT FROM marked.leader
    AND floods.episode = marked.episode
), tops AS (
  SELECT width, dst_key, ip_proto, leader, episode, count(DISTINCT src_key) AS sources FROM (
    SELECT width, dst_key, ip_proto, leader, episode, src_key FROM pressing JOIN tries USING (dst_key, ip_proto) WHERE width = 1 AND bin = second
    UNION ALL
    SELECT width, dst_key, ip_proto, leader, episode, src_key FROM pressing JOIN tries USING (dst_key, ip_proto) WHERE width = 60 AND bin = minute)
  GROUP BY width, dst_key, ip_proto, leader, episode
), names AS (
  SELECT text_hash(dst_ip) AS key, min(dst_ip) AS ip FROM flows WHERE text_hash(dst_ip) IN (SELECT dst_key FROM floods) GROUP BY key
  UNION ALL SELECT text_hash(src_ip), min(src_ip) FROM flows WHERE text_hash(src_ip) IN (SELECT leader FROM floods WHERE leader IS NOT NULL) AND text_hash(src_ip) NOT IN (SELECT dst_key FROM floods) GROUP BY ALL
), told AS (
  SELECT floods.*, target.ip AS dst_ip, source.ip AS src_ip, floods.leader IS NOT NULL AS single, sources, flows / greatest(micros_between(start_ts, end_ts) / 1e6, 1) AS rate
  FROM floods JOIN tops ON tops.width = floods.width AND tops.dst_key = floods.dst_key AND tops.ip_proto = floods.ip_proto AND tops.leader IS NOT DISTINCT FROM floods.leader AND tops.episode = floods.episode
    JOIN names target ON target.key = floods.dst_key LEFT JOIN names source ON source.key = floods.leader
)
SELECT CASE WHEN single THEN 'dos' ELSE 'ddos' END AS class,
       CASE ip_proto WHEN 6 THEN 'syn-flood' WHEN 17 THEN 'udp-flood' ELSE 'sctp-flood' END AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, CAST(ip_proto AS INTEGER) AS ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(CASE width WHEN 1 THEN 0.6 ELSE 0.5 END + 0.4 * (1 - 2 / greatest(rate, 2)), 2) AS score,
       dst_ip || coalesce(' port ' || dst_port, '') || ' got ' || grouped(flows) || ' new flows of ' || ip_proto_name(ip_proto) || ' in ' || counted(seconds, 'second') || ' from '
       || CASE WHEN single THEN src_ip ELSE counted(sources, 'source') END || '; ' || grouped(failed) || ' came to nothing.' AS finding,
       CAST(json_object('flows', flows, 'failed', failed, 'seconds', seconds, 'half_open', halves, 'flows_per_second', round(rate, 1), 'sources', sources, 'top_source_share', round(top_flows / flows, 3),
         'ports', ports) AS VARCHAR) AS evidence
FROM told
ORDER BY packets DESC, dst_ip, ip_proto, start_ts, src_ip
