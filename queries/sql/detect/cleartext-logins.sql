-- title: Log-ins in clear text
-- doc: Credentials cross the network unencrypted: HTTP with Authorization or a secret in the URI, or sessions of FTP or Telnet.
-- param: min_times INTEGER 1 times from one client to one service
-- kind: detector
-- class: other
-- subclass: cleartext-login
-- techniques: T1040
-- severity: info

WITH seen AS (
  SELECT src_ip, dst_ip, dst_port, 'http' AS service, ts AS first_ts, ts AS last_ts, 2 AS packets, coalesce(request_body, 0) AS bytes FROM http WHERE has_credentials AND ts IS NOT NULL
  UNION ALL
  SELECT src_ip, dst_ip, dst_port, service, first_ts, last_ts, packets, bytes FROM exchanges WHERE service IN ('ftp', 'telnet') AND outcome = 'used'
), services AS (
  SELECT src_ip, dst_ip, dst_port, service, count(*) AS times, min(first_ts) AS start_ts, max(last_ts) AS end_ts, sum(packets) AS packets, sum(bytes) AS bytes
  FROM seen GROUP BY src_ip, dst_ip, dst_port, service HAVING count(*) >= $min_times
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, 6 AS ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, CAST(0.5 AS DOUBLE) AS score,
       src_ip || ' logged in to ' || dst_ip || ' port ' || dst_port || ' by ' || service || ' in clear text, ' || counted(times, 'time') || '.' AS finding,
       CAST(json_object('service', service, 'times', times) AS VARCHAR) AS evidence
FROM services
ORDER BY packets DESC, src_ip, dst_ip, dst_port, service
