-- title: Active talkers
-- doc: Pairs of addresses with flows that got an answer, by IP bytes both ways; a is the lower side in text order: what reports are compared by.
-- param: top INTEGER 20000 rows shown

SELECT least(src_ip, dst_ip) AS a, greatest(src_ip, dst_ip) AS b, CAST(sum(fwd_ip_bytes + rev_ip_bytes) AS BIGINT) AS ip_bytes, count(*) AS flows,
       min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM flows
WHERE rev_packets > 0 AND src_ip <> dst_ip
GROUP BY 1, 2
ORDER BY ip_bytes DESC, a, b
LIMIT $top
