-- title: Versions of TLS
-- doc: Versions that TLS servers chose, with how many connections and servers; without an answer, the highest that the client offered.
-- report: applications 40

SELECT kind, version, count(*) AS hellos, count(DISTINCT (src_ip, src_port)) FILTER (kind = 'server') AS servers, count(DISTINCT src_ip) FILTER (kind = 'client') AS clients,
       min(ts) AS first_ts, max(ts) AS last_ts
FROM tls
WHERE kind IN ('client', 'server')
GROUP BY kind, version
ORDER BY kind DESC, hellos DESC, version
