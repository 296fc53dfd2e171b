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

WITH hot AS ( -- the few targets that it can be of: floods are large, and the rest need not be grouped by source
  SELECT dst_ip FROM contacts WHERE ip_proto IN (6, 17, 132) GROUP BY dst_ip HAVING count(*) >= least($min_rate, $half_minute, $min_minute)
), tries AS (
  SELECT dst_ip, ip_proto, dst_port, src_ip, text_hash(src_ip) AS who, second, bin_start(second, 60000000) AS minute, outcome = 'half-open' AS half,
         outcome NOT IN ('used', 'unused', 'midstream') AS failed, packets, bytes, fwd_payload_bytes AS payload, first_ts
  FROM contacts SEMI JOIN hot USING (dst_ip) WHERE ip_proto IN (6, 17, 132)
), windows AS ( -- of a second and of a minute; who is the source in the middle, which is the one that leads where one does
  SELECT 1 AS width, dst_ip, ip_proto, second AS bin, quantile_disc(who, 0.5) AS who, count(*) AS flows, count(*) FILTER (failed) AS failed, count(*) FILTER (half) AS halves,
         count(DISTINCT dst_port) AS ports, min(dst_port) AS low_port, max(dst_port) AS high_port, sum(packets) AS packets, sum(bytes) AS bytes, min(first_ts) AS start_ts, max(first_ts) AS end_ts
  FROM tries GROUP BY dst_ip, ip_proto, second
  HAVING count(*) >= $min_rate AND count(*) FILTER (failed) >= $min_failed * count(*)
     AND (count(*) >= 4 * count(DISTINCT dst_port) OR count(DISTINCT who) >= $min_sources OR ip_proto = 17 AND sum(payload) >= 64 * count(*) AND count(*) >= 500)
  UNION ALL
  SELECT 60, dst_ip, ip_proto, minute, quantile_disc(who, 0.5), count(*), count(*) FILTER (failed), count(*) FILTER (half), count(DISTINCT dst_port), min(dst_port), max(dst_port),
         sum(packets), sum(bytes), min(first_ts), max(first_ts)
  FROM tries GROUP BY dst_ip, ip_proto, minute
  HAVING count(*) FILTER (failed) >= $min_failed * count(*) AND count(*) >= 30 * count(DISTINCT dst_port)
     AND (count(*) >= $min_minute OR count(*) FILTER (half) >= greatest($half_minute, $min_failed * count(*)))
), heads AS (
  SELECT width, dst_ip, ip_proto, bin, count(*) AS lead_flows, min(src_ip) AS src_ip
  FROM windows JOIN tries USING (dst_ip, ip_proto, who) WHERE bin = CASE width WHEN 1 THEN second ELSE minute END GROUP BY width, dst_ip, ip_proto, bin
), pressed AS ( -- leader: who sends the most in each window; '' when nobody leads
  SELECT windows.*, lead_flows, CASE WHEN lead_flows >= $top_share * flows THEN src_ip ELSE '' END AS leader FROM windows JOIN heads USING (width, dst_ip, ip_proto, bin)
), marked AS (
  SELECT *, sum(CASE WHEN gap IS NULL OR gap > 60000000 THEN 1 ELSE 0 END) OVER (PARTITION BY width, dst_ip, ip_proto, leader ORDER BY bin) AS episode
  FROM (SELECT *, micros_between(lag(bin) OVER (PARTITION BY width, dst_ip, ip_proto, leader ORDER BY bin), bin) AS gap FROM pressed)
), tops AS (
  SELECT width, dst_ip, ip_proto, leader, episode, count(DISTINCT tries.who) AS sources
  FROM marked JOIN tries USING (dst_ip, ip_proto) WHERE bin = CASE width WHEN 1 THEN second ELSE minute END GROUP BY width, dst_ip, ip_proto, leader, episode
), episodes AS (
  SELECT width, dst_ip, ip_proto, leader, episode, CASE WHEN min(low_port) = max(high_port) THEN min(low_port) END AS dst_port, max(ports) AS ports, sum(lead_flows) AS top_flows,
         sum(flows) AS flows, sum(failed) AS failed, sum(halves) AS halves, sum(packets) AS packets, sum(bytes) AS bytes, min(start_ts) AS start_ts, max(end_ts) AS end_ts,
         width * count(*) AS seconds
  FROM marked GROUP BY width, dst_ip, ip_proto, leader, episode HAVING width * count(*) >= $min_seconds
), floods AS (
  SELECT *, leader <> '' AS single, flows / greatest(micros_between(start_ts, end_ts) / 1e6, 1) AS rate FROM episodes JOIN tops USING (width, dst_ip, ip_proto, leader, episode)
), told AS ( -- a slow one is not told beside a fast one that it is
  SELECT * FROM floods WHERE width = 1
  UNION ALL SELECT slow.* FROM floods slow WHERE width = 60 AND NOT EXISTS (SELECT 1 FROM floods fast WHERE fast.width = 1 AND fast.dst_ip = slow.dst_ip
    AND fast.ip_proto = slow.ip_proto AND fast.start_ts <= slow.end_ts AND fast.end_ts >= slow.start_ts)
)
SELECT CASE WHEN single THEN 'dos' ELSE 'ddos' END AS class,
       CASE ip_proto WHEN 6 THEN 'syn-flood' WHEN 17 THEN 'udp-flood' ELSE 'sctp-flood' END AS subclass, CAST(NULL AS VARCHAR) AS severity,
       nullif(leader, '') AS src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(CASE width WHEN 1 THEN 0.6 ELSE 0.5 END + 0.4 * (1 - 2 / greatest(rate, 2)), 2) AS score,
       dst_ip || coalesce(' port ' || dst_port, '') || ' got ' || grouped(flows) || ' new flows of ' || ip_proto_name(ip_proto) || ' in ' || counted(seconds, 'second') || ' from '
       || CASE WHEN single THEN leader ELSE counted(sources, 'source') END || '; ' || grouped(failed) || ' came to nothing.' AS finding,
       CAST(json_object('flows', flows, 'failed', failed, 'seconds', seconds, 'half_open', halves, 'flows_per_second', round(rate, 1), 'sources', sources, 'top_source_share', round(top_flows / flows, 3),
         'ports', ports) AS VARCHAR) AS evidence
FROM told
ORDER BY packets DESC, dst_ip, ip_proto, start_ts, src_ip
