-- title: Floods of requests
-- doc: A service answers more requests in a second than it should, for seconds on end: from one source (dos), or from many whose connections send all the same amount (ddos),
-- which a crowd of people does not. Slow ones count by the minute, when all that the service is asked is alike; and by ten minutes, when nearly all of it is alike and comes from outside, from sources that never
-- asked the service in the period before: who checks or polls it was there already. Requests are those of HTTP, or the connections over which both sides sent data where these are more.
-- param: min_rate INTEGER 80 requests in a second to one port of one host (own choice; the baseline's quantile of the service goes before it)
-- param: bot_rate INTEGER 50 the same when at least 20 sources ask in that second, none of which leads (own choice)
-- param: sure_rate INTEGER 300 the same from one source, at which unlike requests count too (own choice)
-- param: min_minute INTEGER 600 connections of requests in a minute, all alike, that make a slow flood (own choice: ten in a second; the baseline's quantile goes before it)
-- param: min_long INTEGER 300 such connections in ten minutes from one source that was not there before (own choice: one in two seconds)
-- param: bot_long INTEGER 120 the same from at least 20 of them, none of which leads (own choice: one in five seconds; twenty places that check a site once a minute are more, and were there before)
-- param: late_share DOUBLE 0.8 share of the connections that must be theirs (own choice)
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
), pairs AS (
  SELECT src_ip, dst_ip, dst_port, min(second) AS first_second, count(*) AS connections FROM used GROUP BY src_ip, dst_ip, dst_port
), sought AS ( -- services that are asked often enough
  SELECT dst_ip, dst_port FROM pairs GROUP BY dst_ip, dst_port HAVING sum(connections) >= least($min_long, $bot_long)
), late AS ( -- who asked from outside, and not from the beginning of the period
  SELECT src_ip, dst_ip, dst_port, true AS late FROM pairs SEMI JOIN sought USING (dst_ip, dst_port)
  WHERE micros_between((SELECT min(first_ts) FROM flows), first_second) >= 600000000 AND ip_scope(src_ip) = 'external'
), sources AS ( -- of longer windows, connections alone: what one client asks over one connection is its own affair
  SELECT *, false AS late FROM asked UNION ALL
  SELECT src_ip, dst_ip, dst_port, bin_start(second, 60000000), 60, count(*), false FROM used GROUP BY src_ip, dst_ip, dst_port, bin_start(second, 60000000)
  UNION ALL
  SELECT src_ip, dst_ip, dst_port, bin_start(second, 600000000) AS bin, 600, count(*), coalesce(any_value(late), false) FROM used SEMI JOIN late s USING (dst_ip, dst_port) LEFT JOIN late USING (src_ip, dst_ip, dst_port)
  GROUP BY src_ip, dst_ip, dst_port, bin
), amounts AS (
  SELECT dst_ip, dst_port, second AS seen, 1 AS width, second, sent, packets, bytes FROM used
  UNION ALL SELECT dst_ip, dst_port, second, 60, bin_start(second, 60000000), sent, packets, bytes FROM used
  UNION ALL SELECT dst_ip, dst_port, second, 600, bin_start(second, 600000000), sent, packets, bytes FROM used SEMI JOIN late USING (dst_ip, dst_port)
), spreads AS (
  SELECT dst_ip, dst_port, width, second, (quantile_cont(sent, 0.75) - quantile_cont(sent, 0.25)) / nullif(median(sent), 0) AS spread, median(sent) AS middle, sum(packets) AS packets, sum(bytes) AS bytes,
         min(seen) AS start_second, max(seen) AS end_second
  FROM amounts GROUP BY dst_ip, dst_port, width, second
), leaders AS ( -- who asks the most in each window; '' when nobody leads. A fifth will do of ten minutes at the edge of a flood
  SELECT dst_ip, dst_port, width, second, sum(requests) AS requests, count(*) AS askers, CASE WHEN max(requests) >= $top_share * sum(requests) THEN arg_max(src_ip, requests) ELSE '' END AS leader
  FROM sources GROUP BY dst_ip, dst_port, width, second
  HAVING CASE WHEN width = 1 THEN sum(requests) >= CASE WHEN count(*) >= 20 THEN least($bot_rate, $min_rate) ELSE $min_rate END
              WHEN width = 60 THEN sum(requests) >= $min_minute
              ELSE sum(requests) FILTER (late) >= $late_share * sum(requests)
                AND 5 * sum(requests) >= CASE WHEN max(requests) >= $top_share * sum(requests) THEN $min_long WHEN count(*) FILTER (late) >= 10 THEN $bot_long END END
), pressed AS (
  SELECT * FROM leaders LEFT JOIN spreads USING (dst_ip, dst_port, width, second) WHERE spread <= $max_spread OR width = 1 AND leader <> '' AND requests >= $sure_rate
), marked AS (
  SELECT *, sum(CASE WHEN gap IS NULL OR gap > 1000000.0 * greatest(60, 2 * width) THEN 1 ELSE 0 END) OVER (PARTITION BY dst_ip, dst_port, width, leader ORDER BY second) AS episode
  FROM (SELECT *, micros_between(lag(second) OVER (PARTITION BY dst_ip, dst_port, width, leader ORDER BY second), second) AS gap FROM pressed)
), totals AS (
  SELECT dst_ip, dst_port, width, leader, episode, src_ip, sum(sources.requests) AS requests
  FROM sources JOIN marked USING (dst_ip, dst_port, width, second) GROUP BY dst_ip, dst_port, width, leader, episode, src_ip
), tops AS (
  SELECT dst_ip, dst_port, width, leader, episode, max(requests) AS top_requests, count(*) AS sources FROM totals GROUP BY dst_ip, dst_port, width, leader, episode
), episodes AS (
  SELECT dst_ip, dst_port, width, leader, episode, width * count(*) AS seconds, sum(requests) AS requests, coalesce(min(start_second), min(second)) AS first_second, coalesce(max(end_second), max(second)) AS last_second,
         median(spread) AS spread, median(middle) AS middle, sum(packets) AS packets, sum(bytes) AS bytes
  FROM marked GROUP BY dst_ip, dst_port, width, leader, episode HAVING width * count(*) >= $min_seconds AND (width < 600 OR max(requests) >= CASE WHEN leader <> '' THEN $min_long ELSE $bot_long END AND (leader <> '' OR max(askers) >= 20))
), floods AS (
  SELECT *, leader <> '' AS single, requests / seconds AS rate,
         coalesce(bin_after(first_second, 1000000, -1), first_second) AS start_ts, coalesce(bin_after(last_second, 1000000, 2), last_second) AS end_ts -- what led to it and what is left of it
  FROM episodes JOIN tops USING (dst_ip, dst_port, width, leader, episode)
), told AS ( -- of windows of several widths that tell of one flood, those that tell of most of it; a burst is part of a long flood of the same source
  SELECT e.* FROM floods e
  WHERE 2 * (SELECT coalesce(sum(o.requests), 0) FROM floods o WHERE o.width < e.width AND o.dst_ip = e.dst_ip AND o.dst_port = e.dst_port AND o.start_ts <= e.end_ts AND o.end_ts >= e.start_ts) < e.requests
    AND NOT EXISTS (SELECT 1 FROM floods o WHERE o.width > e.width AND o.dst_ip = e.dst_ip AND o.dst_port = e.dst_port AND o.start_ts <= e.end_ts AND o.end_ts >= e.start_ts AND 2 * e.requests < o.requests AND e.leader = o.leader)
)
SELECT CASE WHEN single THEN 'dos' ELSE 'ddos' END AS class, CAST(NULL AS VARCHAR) AS subclass, CASE WHEN width = 600 THEN 'medium' END AS severity,
       nullif(leader, '') AS src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, 6 AS ip_proto, start_ts, end_ts,
       CAST(coalesce(packets, requests) AS BIGINT) AS packets, CAST(coalesce(bytes, 0) AS BIGINT) AS bytes, round(0.5 + 0.4 * (1 - 10 / greatest(rate, 10)), 2) AS score,
       dst_ip || ' port ' || dst_port || ' got ' || grouped(requests) || ' requests in ' || counted(seconds, 'second') || ' from ' || CASE WHEN single THEN leader ELSE counted(sources, 'source') END || '.' AS finding,
       CAST(json_object('requests', requests, 'seconds', seconds, 'requests_per_second', round(rate, 1), 'sources', sources, 'top_source_share', round(top_requests / requests, 3),
         'spread', round(spread, 3), 'median_bytes', middle) AS VARCHAR) AS evidence
FROM told
ORDER BY packets DESC, dst_ip, dst_port, start_ts, src_ip
