-- title: Names asked for in TLS
-- doc: Server names of ClientHellos (SNI) over TCP and QUIC, with the clients that asked and the addresses that they asked.
-- param: top INTEGER 100 rows shown
-- report: applications 30

WITH hellos AS (
  SELECT server_name, src_ip, dst_ip, ts, 'tls' AS protocol FROM tls WHERE kind = 'client'
  UNION ALL
  SELECT server_name, src_ip, dst_ip, ts, 'quic' FROM quic
)
SELECT server_name, count(*) AS hellos, count(*) FILTER (protocol = 'quic') AS of_quic, count(DISTINCT src_ip) AS clients,
       listed(list(DISTINCT dst_ip), 5) AS servers, min(ts) AS first_ts, max(ts) AS last_ts
FROM hellos
WHERE server_name IS NOT NULL
GROUP BY server_name
ORDER BY hellos DESC, server_name
LIMIT $top
