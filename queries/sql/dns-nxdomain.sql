-- title: Names that do not exist
-- doc: DNS responses by client and the share of them that said NXDOMAIN (rcode 3): names typed wrong, search lists, or a program that tries names that it makes up.
-- param: top INTEGER 100 rows shown
-- report: applications 20

SELECT dst_ip AS client, count(*) AS responses, count(*) FILTER (rcode = 3) AS nxdomain, count(*) FILTER (rcode = 3) / count(*) AS share,
       count(DISTINCT qname) FILTER (rcode = 3) AS names
FROM dns
WHERE is_response
GROUP BY dst_ip
ORDER BY nxdomain DESC, responses DESC, client
LIMIT $top
