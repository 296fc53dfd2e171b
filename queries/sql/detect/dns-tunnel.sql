-- title: DNS tunnels
-- doc: A client asks for very many different names under one domain, long ones and each about once: the names carry data. Lists of blocked hosts ask for short names, and
-- content networks for the same ones again. A resolver that passes on what a client of it asked is shown as relay.
-- Of queries that a short snapshot cuts off the names are not known; then their lengths tell.
-- param: min_names INTEGER 50 different names below a domain (own choice; RITA: 100)
-- param: min_bytes INTEGER 15000 characters of these names below the domain (own choice)
-- param: min_length DOUBLE 20 mean of their lengths (own choice; reversed addresses have at most 15, and hashes are asked for again)
-- param: min_unique DOUBLE 0.5 different names for each query (own choice)
-- param: min_message DOUBLE 100 mean length of messages that were cut off (own choice: a usual query has 30 to 60 bytes)
-- kind: detector
-- class: theft
-- subclass: dns-tunnel
-- techniques: T1071.004 T1048.003
-- severity: high

WITH queries AS (
  SELECT src_ip, dst_ip, dst_port, ts, lower(qname) AS name, qtype, message_len, string_split(rtrim(lower(qname), '.'), '.') AS labels
  FROM dns WHERE NOT is_response AND qname IS NOT NULL AND ts IS NOT NULL
), parts AS ( -- the last two labels, or three below such as co.uk
  SELECT *, CASE WHEN len(labels) > 3 AND length(labels[-2]) <= 3 AND length(labels[-1]) = 2 THEN 3 ELSE 2 END AS kept FROM queries WHERE len(labels) > 2
), below AS (
  SELECT *, array_to_string(labels[-kept:], '.') AS parent, length(name) - length(array_to_string(labels[-kept:], '.')) - 1 AS carried FROM parts
), clients AS (
  SELECT src_ip, parent, arg_max(dst_ip, ts) AS dst_ip, max(dst_port) AS dst_port, count(*) AS queries, count(DISTINCT name) AS names, sum(carried) AS carried, avg(carried) AS mean_length,
         list(DISTINCT qtype ORDER BY qtype) AS types, min(ts) AS start_ts, max(ts) AS end_ts, sum(message_len) AS bytes
  FROM below GROUP BY src_ip, parent
  HAVING count(DISTINCT name) >= $min_names AND sum(carried) >= $min_bytes AND avg(carried) >= $min_length AND count(DISTINCT name) >= $min_unique * count(*)
), unnamed AS (
  SELECT src_ip, '(cut off)' AS parent, arg_max(dst_ip, ts) AS dst_ip, max(dst_port) AS dst_port, count(*) AS queries, count(*) AS names, sum(message_len) AS carried, avg(message_len) AS mean_length,
         CAST(NULL AS INTEGER[]) AS types, min(ts) AS start_ts, max(ts) AS end_ts, sum(message_len) AS bytes
  FROM dns WHERE NOT is_response AND cut AND qname IS NULL AND ts IS NOT NULL GROUP BY src_ip, dst_ip
  HAVING count(*) >= $min_names AND sum(message_len) >= $min_bytes AND avg(message_len) >= $min_message
), suspects AS (
  FROM clients UNION ALL FROM unnamed
), tunnels AS (
  SELECT suspects.*, EXISTS (FROM suspects c WHERE c.parent = suspects.parent AND c.dst_ip = suspects.src_ip) AS relay FROM suspects
)
SELECT CAST(NULL AS VARCHAR) AS class, CASE WHEN relay THEN 'dns-tunnel-relay' END AS subclass, CASE WHEN relay THEN 'low' END AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, 17 AS ip_proto, start_ts, end_ts,
       queries AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.6 + 0.4 * (1 - $min_bytes / CAST(carried AS DOUBLE)), 2) AS score,
       src_ip || CASE WHEN relay THEN ' passed on ' ELSE ' asked ' END || grouped(queries) || ' times for ' || grouped(names) || ' names under ' || parent || ', which carry '
       || grouped(carried) || ' characters (mean ' || two_decimals(mean_length) || ').' AS finding,
       CAST(json_object('domain', parent, 'queries', queries, 'names', names, 'characters', carried, 'mean_length', round(mean_length, 1), 'types', types, 'server', dst_ip) AS VARCHAR) AS evidence
FROM tunnels
ORDER BY bytes DESC, src_ip, parent
