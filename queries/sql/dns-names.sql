-- title: DNS names
-- doc: Names asked for in DNS, by how often; clients that asked, responses that came, and how many of them said that there is no such name.
-- param: top INTEGER 100 rows shown
-- report: applications 10

SELECT qname AS name, count(*) FILTER (NOT is_response) AS queries, count(DISTINCT src_ip) FILTER (NOT is_response) AS clients,
       count(*) FILTER (is_response) AS responses, count(*) FILTER (is_response AND rcode = 3) AS nxdomain, min(ts) AS first_ts, max(ts) AS last_ts
FROM dns
WHERE qname IS NOT NULL
GROUP BY qname
ORDER BY queries DESC, responses DESC, name
LIMIT $top
