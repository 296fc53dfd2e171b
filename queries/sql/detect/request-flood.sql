-- title: Floods of requests
-- doc: A service answers more requests in a second than it should, for seconds on end: from one source (dos), or from many whose connections send all the same amount (ddos),
-- which a crowd of people does not. Slow ones count by the minute, when all that the service is asked is alike. Requests are those of HTTP, or the connections over which both sides sent data where these are more.
-- param: min_rate INTEGER 80 requests in a second to one port of one host (own choice; the baseline's quantile of the service goes before it)
-- param: bot_rate INTEGER 50 the same when at least 20 sources ask in that second, none of which leads (own choice)
-- param: sure_rate INTEGER 300 the same from one source, at which unlike requests count too (own choice)
-- param: min_minute INTEGER 600 connections of requests in a minute, all alike, that make a slow flood (own choice: ten in a second; the baseline's quantile goes before it)
-- param: min_seconds INTEGER 3 such seconds (own choice)
-- param: max_spread DOUBLE 0.15 (third - first quartile) / median of the bytes that connections send (measured: bots 0.01, people 1)
-- param: top_share DOUBLE 0.8 share of the most active source from which on it is dos, not ddos (own choice)
-- kind: detector
-- class: dos
-- subclass: request-flood
-- techniques: T1499.002 T1499.003
-- severity: high

WITH used AS (
  SELECT src_ip, dst_ip, dst_port, second, 1 AS width, fwd_payload_bytes AS sent, packets, bytes FROM exchanges WHERE ip_proto = 6 AND outcome = 'used' AND rev_payload_bytes > 0
), requests AS (
  SELECT src_ip, dst_ip, dst_port, second, 1 AS connections, 0 AS messages FROM used
  UNION ALL
  SELECT src_ip, dst_ip, dst_port, bin_start(ts, 1000000), 0, 1 FROM http WHERE method IS NOT NULL AND ts IS NOT NULL
), asked AS (
  SELECT src_ip, dst_ip, dst_port, second, 1 AS width, greatest(sum(connections), sum(messages)) AS requests FROM requests GROUP BY src_ip, dst_ip, dst_port, second
), sources AS ( -- of minutes, connections alone: what one client asks over one connection is its own affair
  FROM asked UNION ALL
  SELECT src_ip, dst_ip, dst_port, bin_start(second, 60000000), 60, count(*) FROM used GROUP BY src_ip, dst_ip, dst_port, bin_start(second, 60000000)
), amounts AS (
  FROM used UNION ALL SELECT src_ip, dst_ip, dst_port, bin_start(second, 60000000), 60, sent, packets, bytes FROM used
), spreads AS (
  SELECT dst_ip, dst_port, width, second, (quantile_cont(sent, 0.75) - quantile_cont(sent, 0.25)) / nullif(median(sent), 0) AS spread, median(sent) AS middle, sum(packets) AS packets, sum(bytes) AS bytes
  FROM amounts GROUP BY dst_ip, dst_port, width, second
), leaders AS ( -- who asks the most in each window; '' when nobody leads
  SELECT dst_ip, dst_port, width, second, sum(requests) AS requests, CASE WHEN max(requests) >= $top_share * sum(requests) THEN arg_max(src_ip, requests) ELSE '' END AS leader
  FROM sources GROUP BY dst_ip, dst_port, width, second
  HAVING sum(requests) >= CASE WHEN width = 60 THEN $min_minute WHEN count(*) >= 20 THEN least($bot_rate, $min_rate) ELSE $min_rate END
), pressed AS (
  SELECT * FROM leaders LEFT JOIN spreads USING (dst_ip, dst_port, width, second) WHERE spread <= $max_spread OR width = 1 AND leader <> '' AND requests >= $sure_rate
), marked AS (
  SELECT *, sum(CASE WHEN gap IS NULL OR gap > 60000000 THEN 1 ELSE 0 END) OVER (PARTITION BY dst_ip, dst_port, width, leader ORDER BY second) AS episode
  FROM (SELECT *, micros_between(lag(second) OVER (PARTITION BY dst_ip, dst_port, width, leader ORDER BY second), second) AS gap FROM pressed)
), totals AS (
  SELECT dst_ip, dst_port, width, leader, episode, src_ip, sum(sources.requests) AS requests
  FROM sources JOIN marked USING (dst_ip, dst_port, width, second) GROUP BY dst_ip, dst_port, width, leader, episode, src_ip
), tops AS (
  SELECT dst_ip, dst_port, width, leader, episode, max(requests) AS top_requests, count(*) AS sources FROM totals GROUP BY dst_ip, dst_port, width, leader, episode
), episodes AS (
  SELECT dst_ip, dst_port, width, leader, episode, width * count(*) AS seconds, sum(requests) AS requests, min(second) AS first_second, max(second) AS last_second,
         median(spread) AS spread, median(middle) AS middle, sum(packets) AS packets, sum(bytes) AS bytes
  FROM marked GROUP BY dst_ip, dst_port, width, leader, episode HAVING width * count(*) >= $min_seconds
), floods AS (
  SELECT *, leader <> '' AS single, requests / seconds AS rate,
         coalesce(bin_after(first_second, 1000000, -1), first_second) AS start_ts, coalesce(bin_after(last_second, 1000000, width + 1), last_second) AS end_ts -- what led to it and what is left of it
  FROM episodes JOIN tops USING (dst_ip, dst_port, width, leader, episode)
), told AS ( -- a slow one is not told beside a fast one that it is
  SELECT * FROM floods WHERE width = 1
  UNION ALL SELECT slow.* FROM floods slow WHERE width = 60 AND NOT EXISTS (SELECT 1 FROM floods fast WHERE fast.width = 1 AND fast.dst_ip = slow.dst_ip
    AND fast.dst_port = slow.dst_port AND fast.start_ts <= slow.end_ts AND fast.end_ts >= slow.start_ts)
)
SELECT CASE WHEN single THEN 'dos' ELSE 'ddos' END AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       nullif(leader, '') AS src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, 6 AS ip_proto, start_ts, end_ts,
       CAST(coalesce(packets, requests) AS BIGINT) AS packets, CAST(coalesce(bytes, 0) AS BIGINT) AS bytes, round(0.5 + 0.4 * (1 - 10 / greatest(rate, 10)), 2) AS score,
       dst_ip || ' port ' || dst_port || ' got ' || grouped(requests) || ' requests in ' || counted(seconds, 'second') || ' from ' || CASE WHEN single THEN leader ELSE counted(sources, 'source') END || '.' AS finding,
       CAST(json_object('requests', requests, 'seconds', seconds, 'requests_per_second', round(rate, 1), 'sources', sources, 'top_source_share', round(top_requests / requests, 3),
         'spread', round(spread, 3), 'median_bytes', middle) AS VARCHAR) AS evidence
FROM told
ORDER BY packets DESC, dst_ip, dst_port, start_ts, src_ip
