-- title: A fitted model
-- doc: What a random forest takes flows for: {{about}}. A second opinion: sources are told whose flows to one target most trees give one class.
-- param: min_share DOUBLE 0.8 share of the trees that agree
-- param: min_flows INTEGER 3 flows of a source to a target in one class
-- kind: detector
-- class: other
-- subclass: model
-- severity: low

WITH features AS (
  {{features}}
), polled AS (
  SELECT src_ip, dst_ip, ip_proto, dst_port, first_ts, seconds, fwd_packets + rev_packets AS packets, fwd_bytes + rev_bytes AS bytes, [
{{votes}}
  ] AS votes FROM features
), taken AS (
  SELECT *, list_aggregate(votes, 'mode') AS taken_for FROM polled
), agreed AS (
  SELECT *, len(list_filter(votes, lambda v: v = taken_for)) / {{trees}}.0 AS share FROM taken WHERE taken_for <> 'normal'
), pairs AS (
  SELECT CASE WHEN taken_for = 'ddos' THEN NULL ELSE src_ip END AS source, count(DISTINCT src_ip) AS sources, dst_ip, ip_proto, taken_for, CASE WHEN min(dst_port) = max(dst_port) AND min(dst_port) >= 0 THEN min(dst_port) END AS port, count(*) AS flows, avg(share) AS share,
         min(first_ts) AS start_ts, max(first_ts) AS end_ts, sum(packets) AS packets, sum(bytes) AS bytes
  FROM agreed WHERE share >= $min_share GROUP BY source, dst_ip, ip_proto, taken_for HAVING count(*) >= $min_flows
)
SELECT taken_for AS class, 'model' AS subclass, CAST(NULL AS VARCHAR) AS severity,
       source AS src_ip, sources AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, port AS dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(share / 2, 2) AS score,
       grouped(flows) || ' flows from ' || coalesce(source, counted(sources, 'source')) || ' to ' || dst_ip || ' are taken for ' || taken_for || ' by ' || two_decimals(100 * share) || ' % of the trees.' AS finding,
       CAST(json_object('flows', flows, 'share', round(share, 3)) AS VARCHAR) AS evidence
FROM pairs
ORDER BY packets DESC, source, dst_ip, ip_proto, taken_for
