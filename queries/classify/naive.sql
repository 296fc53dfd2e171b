-- Naive rules: 15 ports or 25 hosts in 60 s; 500 packets in a second to a host (ddos from 10 sources on); 5 MB to the outside in 60 s; 100 DNS queries in 60 s
-- or a name of 52 characters; intervals of connections whose deviation is below a fifth of their mean.
WITH minutes AS (
  SELECT *, bin_start(first_ts, 60000000) AS bin FROM contacts
), counted AS (
  SELECT src_ip, dst_ip, ip_proto, bin_start(ts, 1000000) AS bin, ts FROM packets WHERE ts IS NOT NULL AND ip_version IS NOT NULL
), seconds AS (
  SELECT dst_ip, ip_proto, bin, count(DISTINCT src_ip) AS sources, min(ts) AS start_ts, max(ts) AS end_ts FROM counted GROUP BY dst_ip, ip_proto, bin HAVING count(*) > 500
), names AS (
  SELECT src_ip, dst_ip, ts, length(qname) AS size, bin_start(ts, 60000000) AS bin FROM dns WHERE NOT is_response AND ts IS NOT NULL
), gaps AS (
  SELECT src_ip, dst_ip, ip_proto, dst_port, first_ts, last_ts, micros_between(lag(first_ts) OVER (PARTITION BY src_ip, dst_ip, ip_proto, dst_port ORDER BY first_ts), first_ts) / 1e6 AS gap FROM contacts
)
SELECT 'scan' AS class, src_ip, CAST(NULL AS VARCHAR) AS dst_ip, ip_proto, min(first_ts) AS start_ts, max(last_ts) AS end_ts FROM minutes
GROUP BY src_ip, ip_proto, bin HAVING count(DISTINCT dst_ip) >= 25
UNION ALL SELECT 'scan', src_ip, dst_ip, ip_proto, min(first_ts), max(last_ts) FROM minutes GROUP BY src_ip, dst_ip, ip_proto, bin HAVING count(DISTINCT dst_port) >= 15
UNION ALL SELECT CASE WHEN sources >= 10 THEN 'ddos' ELSE 'dos' END, NULL, dst_ip, ip_proto, start_ts, end_ts FROM seconds
UNION ALL SELECT 'theft', src_ip, dst_ip, ip_proto, min(first_ts), max(last_ts) FROM minutes WHERE ip_scope(dst_ip) = 'external'
GROUP BY src_ip, dst_ip, ip_proto, bin HAVING sum(fwd_payload_bytes) >= 5000000
UNION ALL SELECT 'theft', src_ip, dst_ip, 17, min(ts), max(ts) FROM names GROUP BY src_ip, dst_ip, bin HAVING count(*) >= 100 OR max(size) >= 52
UNION ALL SELECT 'theft', src_ip, dst_ip, ip_proto, min(first_ts), max(last_ts) FROM gaps WHERE gap IS NOT NULL
GROUP BY src_ip, dst_ip, ip_proto, dst_port HAVING count(*) >= 10 AND stddev_pop(gap) < 0.2 * avg(gap)
ORDER BY class, src_ip, dst_ip, start_ts
