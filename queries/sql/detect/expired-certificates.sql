-- title: Expired certificates
-- doc: A server shows a certificate whose validity had ended, or not begun, when it was shown. Those of TLS 1.3 cross the network encrypted and are not seen.
-- param: min_days DOUBLE 0 days by which it is out of its validity
-- kind: detector
-- class: other
-- subclass: expired-certificate
-- techniques: T1587.003
-- severity: info

WITH shown AS (
  SELECT src_ip, src_port, dst_ip, cert_sha256, cert_subject, cert_not_before, cert_not_after, ts, greatest(micros_between(cert_not_after, ts), micros_between(ts, cert_not_before)) / 86400000000 AS days
  FROM tls WHERE kind = 'server' AND cert_sha256 IS NOT NULL AND ts IS NOT NULL AND cert_not_after IS NOT NULL AND cert_not_before IS NOT NULL
), servers AS (
  SELECT src_ip, src_port, cert_sha256, max(cert_subject) AS subject, max(cert_not_before) AS not_before, max(cert_not_after) AS not_after, max(days) AS days, count(DISTINCT dst_ip) AS clients, count(*) AS times,
         min(ts) AS start_ts, max(ts) AS end_ts
  FROM shown WHERE days > $min_days GROUP BY src_ip, src_port, cert_sha256
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       CAST(NULL AS VARCHAR) AS src_ip, clients AS src_count, src_ip AS dst_ip, CAST(1 AS BIGINT) AS dst_count, src_port AS dst_port, 6 AS ip_proto, start_ts, end_ts,
       times AS packets, CAST(0 AS BIGINT) AS bytes, CAST(0.9 AS DOUBLE) AS score,
       src_ip || ' port ' || src_port || ' showed ' || counted(times, 'time') || ' a certificate that is out of its validity by ' || two_decimals(days) || ' days.' AS finding,
       CAST(json_object('sha256', cert_sha256, 'subject', subject, 'not_before', CAST(not_before AS VARCHAR), 'not_after', CAST(not_after AS VARCHAR), 'days', round(days, 2), 'clients', clients) AS VARCHAR) AS evidence
FROM servers
ORDER BY packets DESC, dst_ip, dst_port, cert_sha256, start_ts
