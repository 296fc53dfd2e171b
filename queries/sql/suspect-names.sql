-- title: Names
-- doc: Names that an address asked for in DNS, TLS and HTTP, and those that resolved to it, by how often.
-- param: address VARCHAR - the address; the most frequent source address when not given
-- param: top INTEGER 20 names shown
-- report: suspects 40

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), named AS (
  SELECT 'asked in DNS' AS "how", qname AS name, ts FROM dns JOIN chosen ON src_ip = address WHERE NOT is_response
  UNION ALL
  SELECT 'asked in TLS', server_name, ts FROM tls JOIN chosen ON src_ip = address WHERE kind = 'client'
  UNION ALL
  SELECT 'asked in HTTP', host, ts FROM http JOIN chosen ON src_ip = address
  UNION ALL
  SELECT 'resolves to it', name, ts FROM resolutions JOIN chosen ON resolutions.address = chosen.address
)
SELECT "how", name, count(*) AS times, min(ts) AS first_ts, max(ts) AS last_ts
FROM named WHERE name IS NOT NULL
GROUP BY "how", name
ORDER BY times DESC, "how", name
LIMIT $top
