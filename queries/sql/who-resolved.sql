-- title: Who resolved what
-- doc: Clients that resolved a name, or a name to an address, and to which addresses, with the first and last time.
-- param: name VARCHAR - the name; all when not given
-- param: address VARCHAR - the address; all when not given
-- param: top INTEGER 1000 rows shown

SELECT client, name, listed(list(DISTINCT address), 8) AS addresses, count(*) AS answers, min(ts) AS first_ts, max(ts) AS last_ts
FROM resolutions
WHERE coalesce(lower(name) = lower($name), true) AND coalesce(address = $address, true)
GROUP BY client, name
ORDER BY client, name
LIMIT $top
