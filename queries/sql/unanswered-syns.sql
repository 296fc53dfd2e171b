-- title: Unanswered SYNs
-- doc: Addresses whose TCP connections got no answer (S0) or were refused (REJ), by how many; with the ports and addresses that they tried. Of a sensor that
-- sees one way alone (captures.one_way) nothing can be concluded.
-- param: top INTEGER 100 rows shown
-- report: hosts 20

SELECT src_ip, count(*) FILTER (conn_state = 'S0') AS unanswered, count(*) FILTER (conn_state = 'REJ') AS refused, count(DISTINCT dst_ip) AS addresses,
       count(DISTINCT dst_port) AS ports, min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM conversations
WHERE ip_proto = 6 AND conn_state IN ('S0', 'REJ')
GROUP BY src_ip
ORDER BY unanswered + refused DESC, src_ip
LIMIT $top
