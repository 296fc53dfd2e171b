-- title: Floods of connections and datagrams
-- doc: A target gets new flows faster than it can serve, of which most come to nothing: half-open, refused or unanswered. They hammer one port, or come from many
-- sources, or carry much: else it is a scan. Seconds with such a rate, gaps up to a minute bridged, are one episode: dos when one source sends four fifths of the flows, ddos when not.
-- param: min_rate INTEGER 40 new flows in a second (Snort 3's and Zeek's scan limits lie below; no server refuses as many in quiet)
-- param: min_seconds INTEGER 2 seconds of an episode with that rate (own choice: one may be a burst of retries)
-- param: min_failed DOUBLE 0.7 share of them that come to nothing (as of scans)
-- param: top_share DOUBLE 0.8 share of the most active source from which on it is dos, not ddos (own choice)
-- param: min_sources INTEGER 10 sources that make a flood without a port hammered (own choice)
-- kind: detector
-- class: dos
-- subclass: syn-flood
-- techniques: T1498.001 T1499.001
-- severity: high

WITH news AS (
  SELECT src_ip, dst_ip, dst_port, ip_proto, second AS bin, count(*) AS flows,
         count(*) FILTER (outcome NOT IN ('used', 'unused', 'midstream')) AS failed, sum(packets) AS packets, sum(bytes) AS bytes, sum(fwd_payload_bytes) AS payload,
         min(first_ts) AS start_ts, max(first_ts) AS end_ts
  FROM contacts WHERE ip_proto IN (6, 17, 132) GROUP BY src_ip, dst_ip, dst_port, ip_proto, second
), senders AS (
  SELECT dst_ip, ip_proto, bin, src_ip, sum(flows) AS flows, sum(failed) AS failed, sum(payload) AS payload FROM news GROUP BY dst_ip, ip_proto, bin, src_ip
), leaders AS ( -- who sends the most in each second; '' when nobody leads
  SELECT dst_ip, ip_proto, bin, CASE WHEN max(flows) >= $top_share * sum(flows) THEN arg_max(src_ip, flows) ELSE '' END AS leader FROM senders GROUP BY dst_ip, ip_proto, bin
), seconds AS (
  SELECT dst_ip, ip_proto, leader, bin, sum(flows) AS flows
  FROM news JOIN leaders USING (dst_ip, ip_proto, bin) GROUP BY dst_ip, ip_proto, leader, bin
  HAVING sum(flows) >= $min_rate AND sum(failed) >= $min_failed * sum(flows)
     AND (sum(flows) >= 4 * count(DISTINCT dst_port) OR count(DISTINCT src_ip) >= $min_sources OR ip_proto = 17 AND sum(payload) >= 64 * sum(flows) AND sum(flows) >= 500)
), marked AS (
  SELECT *, sum(CASE WHEN gap IS NULL OR gap > 60000000 THEN 1 ELSE 0 END) OVER (PARTITION BY dst_ip, ip_proto, leader ORDER BY bin) AS episode
  FROM (SELECT *, micros_between(lag(bin) OVER (PARTITION BY dst_ip, ip_proto, leader ORDER BY bin), bin) AS gap FROM seconds)
), joined AS (
  SELECT news.*, leader, episode FROM news JOIN marked USING (dst_ip, ip_proto, bin)
), sources AS (
  SELECT dst_ip, ip_proto, leader, episode, src_ip, sum(flows) AS flows FROM joined GROUP BY dst_ip, ip_proto, leader, episode, src_ip
), tops AS (
  SELECT dst_ip, ip_proto, leader, episode, max(flows) AS top_flows, count(*) AS sources FROM sources GROUP BY dst_ip, ip_proto, leader, episode
), episodes AS (
  SELECT dst_ip, ip_proto, leader, episode, CASE WHEN count(DISTINCT dst_port) = 1 THEN min(dst_port) END AS dst_port, count(DISTINCT dst_port) AS ports,
         sum(flows) AS flows, sum(failed) AS failed, sum(packets) AS packets, sum(bytes) AS bytes, min(start_ts) AS start_ts, max(end_ts) AS end_ts, count(DISTINCT bin) AS seconds
  FROM joined GROUP BY dst_ip, ip_proto, leader, episode HAVING count(DISTINCT bin) >= $min_seconds
), floods AS (
  SELECT *, leader <> '' AS single, flows / seconds AS rate FROM episodes JOIN tops USING (dst_ip, ip_proto, leader, episode)
)
SELECT CASE WHEN single THEN 'dos' ELSE 'ddos' END AS class,
       CASE ip_proto WHEN 6 THEN 'syn-flood' WHEN 17 THEN 'udp-flood' ELSE 'sctp-flood' END AS subclass, CAST(NULL AS VARCHAR) AS severity,
       nullif(leader, '') AS src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.6 + 0.4 * (1 - $min_rate / greatest(rate, $min_rate)), 2) AS score,
       dst_ip || coalesce(' port ' || dst_port, '') || ' got ' || grouped(flows) || ' new flows of ' || ip_proto_name(ip_proto) || ' in ' || counted(seconds, 'second') || ' from '
       || CASE WHEN single THEN leader ELSE counted(sources, 'source') END || '; ' || grouped(failed) || ' came to nothing.' AS finding,
       CAST(json_object('flows', flows, 'failed', failed, 'seconds', seconds, 'flows_per_second', round(rate, 1), 'sources', sources, 'top_source_share', round(top_flows / flows, 3),
         'ports', ports) AS VARCHAR) AS evidence
FROM floods
ORDER BY packets DESC, dst_ip, ip_proto, start_ts, src_ip
