-- What was usual, day by day, of the flows that a host began: rows of kind source (a host that began any), pair (a client and the service it used), service (a port of
-- a host that answered) and rate (new connections to a service in seconds that had any, by hour of the week, 0 from Monday 00:00 UTC: quantiles and the most). Sums of a
-- pair are payload bytes; count is flows, of a rate seconds.
WITH days AS (
  SELECT *, bin_start(first_ts, 86400000000) AS day_ts FROM contacts WHERE outcome IN ('used', 'unused', 'midstream')
), seconds AS (
  SELECT day_ts, dst_ip, dst_port, ip_proto, max(service) AS service, second, count(*) AS flows FROM days
  WHERE ip_proto IN (6, 17) GROUP BY day_ts, dst_ip, dst_port, ip_proto, second
), rates AS (
  SELECT *, CAST(((micros_between(TIMESTAMP '1970-01-05', bin_start(second, 3600000000)) // 3600000000) % 168 + 168) % 168 AS INTEGER) AS hour_of_week FROM seconds
)
SELECT day_ts, 'source' AS kind, src_ip, CAST(NULL AS VARCHAR) AS dst_ip, CAST(NULL AS INTEGER) AS dst_port, CAST(NULL AS INTEGER) AS ip_proto, CAST(NULL AS VARCHAR) AS service,
       CAST(NULL AS INTEGER) AS hour_of_week, count(*) AS count, CAST(sum(fwd_payload_bytes) AS BIGINT) AS bytes_sent, CAST(sum(rev_payload_bytes) AS BIGINT) AS bytes_received,
       CAST(NULL AS DOUBLE) AS p50, CAST(NULL AS DOUBLE) AS p99, CAST(NULL AS DOUBLE) AS p999, CAST(NULL AS BIGINT) AS most
FROM days GROUP BY day_ts, src_ip
UNION ALL
SELECT day_ts, 'pair', src_ip, dst_ip, dst_port, ip_proto, max(service), NULL, count(*), CAST(sum(fwd_payload_bytes) AS BIGINT), CAST(sum(rev_payload_bytes) AS BIGINT), NULL, NULL, NULL, NULL
FROM days GROUP BY day_ts, src_ip, dst_ip, dst_port, ip_proto
UNION ALL
SELECT day_ts, 'service', NULL, dst_ip, dst_port, ip_proto, max(service), NULL, count(*), CAST(sum(fwd_payload_bytes) AS BIGINT), CAST(sum(rev_payload_bytes) AS BIGINT), NULL, NULL, NULL,
       count(DISTINCT src_ip)
FROM days WHERE outcome = 'used' AND dst_port IS NOT NULL GROUP BY day_ts, dst_ip, dst_port, ip_proto
UNION ALL
SELECT day_ts, 'rate', NULL, dst_ip, dst_port, ip_proto, max(service), hour_of_week, count(*), NULL, NULL,
       quantile_cont(flows, 0.5), quantile_cont(flows, 0.99), quantile_cont(flows, 0.999), max(flows)
FROM rates GROUP BY day_ts, dst_ip, dst_port, ip_proto, hour_of_week
