-- title: How many hosts
-- doc: Addresses that sent packets.

SELECT count(*) AS hosts
FROM (SELECT src_ip FROM flows WHERE src_ip IS NOT NULL AND fwd_packets > 0 UNION SELECT dst_ip FROM flows WHERE dst_ip IS NOT NULL AND rev_packets > 0)
ORDER BY hosts
