-- title: Hosts of HTTP
-- doc: Hosts that HTTP/1 requests named, with requests, clients, bytes of bodies and how many responses were errors (status 400 and above).
-- param: top INTEGER 100 rows shown
-- report: applications 50

SELECT coalesce(host, dst_ip) AS host, count(*) AS requests, count(DISTINCT src_ip) AS clients, CAST(sum(request_body) AS BIGINT) AS request_bytes,
       CAST(sum(response_body) AS BIGINT) AS response_bytes, count(*) FILTER (status >= 400) AS errors, min(ts) AS first_ts, max(ts) AS last_ts
FROM http
GROUP BY ALL
ORDER BY requests DESC, host
LIMIT $top
