-- title: New hosts
-- doc: Addresses that were first seen in a flow at a time or later, with where they belong and what they do. Without --from all earlier captures of the lake count.
-- param: since TIMESTAMP - the time (UTC); a day before the last packet when not given

SELECT address, scope, first_ts, last_ts, peers, bytes_sent, bytes_received, listed(services_offered, 8) AS services_offered, listed(services_used, 8) AS services_used
FROM hosts
WHERE first_ts >= coalesce($since, (SELECT max(last_ts) - INTERVAL 1 DAY FROM flows))
ORDER BY first_ts, address
