-- title: Encrypted DNS in use
-- doc: A host asks for names where its network cannot see it: DNS over TLS or QUIC (port 853, or the protocol's name in the handshake), or over HTTPS at a service known for it.
-- param: min_times INTEGER 1 connections from one client to one service
-- kind: detector
-- class: other
-- subclass: encrypted-dns
-- techniques: T1071.004
-- severity: info

WITH asked AS (
  SELECT src_ip, dst_ip, dst_port, ip_proto, 'dot' AS how, CAST(NULL AS VARCHAR) AS name, first_ts, last_ts, packets, bytes FROM exchanges WHERE dst_port = 853 AND outcome = 'used'
  UNION ALL
  SELECT src_ip, dst_ip, dst_port, ip_proto, CASE WHEN alpn LIKE '%dot%' OR alpn LIKE '%doq%' THEN 'dot' ELSE 'doh' END, server_name, ts, ts, 1, 0
  FROM (SELECT src_ip, dst_ip, dst_port, 6 AS ip_proto, server_name, alpn, ts FROM tls WHERE kind = 'client' UNION ALL SELECT src_ip, dst_ip, dst_port, 17, server_name, alpn, ts FROM quic)
  WHERE ts IS NOT NULL AND dst_port <> 853 AND (list_contains(string_split(alpn, ','), 'dot') OR list_contains(string_split(alpn, ','), 'doq')
    OR regexp_matches(lower(server_name), '(^|\.)(dns\.google|cloudflare-dns\.com|one\.one\.one\.one|dns\.quad9\.net|doh\.opendns\.com|dns\.adguard(-dns)?\.com|dns\.nextdns\.io|doh\.[a-z0-9.-]+|dns\.mullvad\.net|dns0\.eu)$'))
), services AS (
  SELECT src_ip, dst_ip, dst_port, ip_proto, how, max(name) AS name, count(*) AS times, min(first_ts) AS start_ts, max(last_ts) AS end_ts, sum(packets) AS packets, sum(bytes) AS bytes
  FROM asked GROUP BY src_ip, dst_ip, dst_port, ip_proto, how HAVING count(*) >= $min_times
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, CAST(0.5 AS DOUBLE) AS score,
       src_ip || ' asks ' || coalesce(name, dst_ip) || ' for names over an encrypted connection, ' || counted(times, 'time') || '.' AS finding,
       CAST(json_object('how', how, 'name', name, 'times', times) AS VARCHAR) AS evidence
FROM services
ORDER BY packets DESC, src_ip, dst_ip, dst_port, ip_proto, how
