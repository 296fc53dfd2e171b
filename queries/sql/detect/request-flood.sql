-- title: Floods of requests
-- doc: A service answers more requests in a second than it should, for seconds on end: from one source (dos), or from many whose connections send all the same amount (ddos),
-- which a crowd of people does not. Requests are those of HTTP, or the connections over which both sides sent data where these are more.
-- param: min_rate INTEGER 80 requests in a second to one port of one host (own choice; the baseline's quantile of the service goes before it)
-- param: bot_rate INTEGER 50 the same when at least 20 sources ask in that second, none of which leads (own choice)
-- param: sure_rate INTEGER 300 the same from one source, at which unlike requests count too (own choice)
-- param: min_seconds INTEGER 3 such seconds (own choice)
-- param: max_spread DOUBLE 0.15 (third - first quartile) / median of the bytes that connections send (measured: bots 0.01, people 1)
-- param: top_share DOUBLE 0.8 share of the most active source from which on it is dos, not ddos (own choice)
-- kind: detector
-- class: dos
-- subclass: request-flood
-- techniques: T1499.002 T1499.003
-- severity: high

WITH used AS (
  SELECT src_ip, dst_ip, dst_port, second, fwd_payload_bytes AS sent, packets, bytes FROM contacts WHERE ip_proto = 6 AND outcome = 'used' AND rev_payload_bytes > 0
), requests AS (
  SELECT src_ip, dst_ip, dst_port, second, 1 AS connections, 0 AS messages FROM used
  UNION ALL
  SELECT src_ip, dst_ip, dst_port, bin_start(ts, 1000000), 0, 1 FROM http WHERE method IS NOT NULL AND ts IS NOT NULL
), sources AS (
  SELECT src_ip, dst_ip, dst_port, second, greatest(sum(connections), sum(messages)) AS requests FROM requests GROUP BY src_ip, dst_ip, dst_port, second
), spreads AS (
  SELECT dst_ip, dst_port, second, (quantile_cont(sent, 0.75) - quantile_cont(sent, 0.25)) / nullif(median(sent), 0) AS spread, median(sent) AS middle, sum(packets) AS packets, sum(bytes) AS bytes
  FROM used GROUP BY dst_ip, dst_port, second
), leaders AS ( -- who asks the most in each second; '' when nobody leads
  SELECT dst_ip, dst_port, second, sum(requests) AS requests, CASE WHEN max(requests) >= $top_share * sum(requests) THEN arg_max(src_ip, requests) ELSE '' END AS leader
  FROM sources GROUP BY dst_ip, dst_port, second HAVING sum(requests) >= CASE WHEN count(*) >= 20 THEN least($bot_rate, $min_rate) ELSE $min_rate END
), seconds AS (
  SELECT * FROM leaders LEFT JOIN spreads USING (dst_ip, dst_port, second) WHERE spread <= $max_spread OR leader <> '' AND requests >= $sure_rate
), marked AS (
  SELECT *, sum(CASE WHEN gap IS NULL OR gap > 60000000 THEN 1 ELSE 0 END) OVER (PARTITION BY dst_ip, dst_port, leader ORDER BY second) AS episode
  FROM (SELECT *, micros_between(lag(second) OVER (PARTITION BY dst_ip, dst_port, leader ORDER BY second), second) AS gap FROM seconds)
), totals AS (
  SELECT dst_ip, dst_port, leader, episode, src_ip, sum(sources.requests) AS requests
  FROM sources JOIN marked USING (dst_ip, dst_port, second) GROUP BY dst_ip, dst_port, leader, episode, src_ip
), tops AS (
  SELECT dst_ip, dst_port, leader, episode, max(requests) AS top_requests, count(*) AS sources FROM totals GROUP BY dst_ip, dst_port, leader, episode
), episodes AS (
  SELECT dst_ip, dst_port, leader, episode, count(*) AS seconds, sum(requests) AS requests, min(second) AS first_second, max(second) AS last_second,
         median(spread) AS spread, median(middle) AS middle, sum(packets) AS packets, sum(bytes) AS bytes
  FROM marked GROUP BY dst_ip, dst_port, leader, episode HAVING count(*) >= $min_seconds
), floods AS (
  SELECT *, leader <> '' AS single, requests / seconds AS rate,
         coalesce(bin_after(first_second, 1000000, -1), first_second) AS start_ts, coalesce(bin_after(last_second, 1000000, 2), last_second) AS end_ts -- what led to it and what is left of it
  FROM episodes JOIN tops USING (dst_ip, dst_port, leader, episode)
)
SELECT CASE WHEN single THEN 'dos' ELSE 'ddos' END AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       nullif(leader, '') AS src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, 6 AS ip_proto, start_ts, end_ts,
       CAST(coalesce(packets, requests) AS BIGINT) AS packets, CAST(coalesce(bytes, 0) AS BIGINT) AS bytes, round(0.6 + 0.4 * (1 - $min_rate / greatest(rate, $min_rate)), 2) AS score,
       dst_ip || ' port ' || dst_port || ' got ' || grouped(requests) || ' requests in ' || counted(seconds, 'second') || ' from ' || CASE WHEN single THEN leader ELSE counted(sources, 'source') END || '.' AS finding,
       CAST(json_object('requests', requests, 'seconds', seconds, 'requests_per_second', round(rate, 1), 'sources', sources, 'top_source_share', round(top_requests / requests, 3),
         'spread', round(spread, 3), 'median_bytes', middle) AS VARCHAR) AS evidence
FROM floods
ORDER BY packets DESC, dst_ip, dst_port, start_ts, src_ip
