-- Features of flows, beside addresses, ports and times, which say which flow it is and are never ranked. s_: of its source in a minute, d_: of its target in a second.
WITH named AS (
  SELECT capture_id, flow_id, max(length(qname)) AS qname_length FROM dns WHERE qname IS NOT NULL GROUP BY capture_id, flow_id
), flow AS (
  SELECT *, bin_start(first_ts, 60000000) AS minute, bin_start(first_ts, 1000000) AS second, fwd_ip_bytes + rev_ip_bytes AS bytes,
         CASE WHEN ip_proto = 6 AND rev_synacks = 0 OR rev_packets = 0 THEN 1 ELSE 0 END AS failed
  FROM flows WHERE first_ts IS NOT NULL AND src_ip IS NOT NULL
    AND NOT coalesce(ip_proto = 1 AND icmp_type IN (3, 4, 5, 11, 12) OR ip_proto = 58 AND icmp_type < 128, false)
), sources AS (
  SELECT src_ip, minute, count(*) AS s_flows, count(DISTINCT dst_ip) AS s_targets, count(DISTINCT dst_port) AS s_ports, sum(bytes) AS s_bytes, avg(failed) AS s_failed
  FROM flow GROUP BY src_ip, minute
), targets AS (
  SELECT dst_ip, second, count(*) AS d_flows, count(DISTINCT src_ip) AS d_sources, sum(bytes) AS d_bytes, avg(failed) AS d_failed FROM flow GROUP BY dst_ip, second
)
SELECT src_ip, dst_ip, coalesce(src_port, -1) AS src_port, coalesce(dst_port, -1) AS dst_port, ip_proto, first_ts, capture_id || '/' || flow_id AS flow,
       micros_between(first_ts, last_ts) / 1e6 AS seconds, fwd_packets, rev_packets, fwd_ip_bytes AS fwd_bytes, rev_ip_bytes AS rev_bytes, fwd_payload_bytes, rev_payload_bytes,
       fwd_len_mean, fwd_len_std, rev_len_mean, rev_len_std, fwd_iat_mean, fwd_iat_std, rev_iat_mean, rev_iat_std, fwd_syns, rev_rsts, fwd_rsts, failed,
       coalesce(qname_length, 0) AS qname_length, s_flows, s_targets, s_ports, s_bytes, s_failed, d_flows, d_sources, d_bytes, d_failed
FROM flow JOIN sources USING (src_ip, minute) JOIN targets USING (dst_ip, second) LEFT JOIN named USING (capture_id, flow_id)
ORDER BY first_ts, capture_id, flow_id
