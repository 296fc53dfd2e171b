-- The view contacts with what goes to and comes from addresses that are no host's: multicast, broadcast and the like. Ask contacts.
SELECT capture_id, flow_id, sensor, src_ip, src_port, dst_ip, dst_port, ip_proto, service, first_ts, last_ts, date_trunc('second', first_ts) AS second,
       fwd_packets, rev_packets, fwd_packets + rev_packets AS packets, fwd_ip_bytes + rev_ip_bytes AS bytes,
       fwd_payload_bytes, rev_payload_bytes, fwd_payload_packets, rev_payload_packets, fwd_data_ts, rev_data_ts, fwd_first_window, fwd_syns,
       micros_between(first_ts, last_ts) / 1e6 AS seconds,
       CASE WHEN ip_proto <> 6 THEN CASE WHEN rev_packets > 0 THEN 'used' WHEN icmp_errors > 0 THEN 'refused'
                                      WHEN capture_id IN (SELECT capture_id FROM captures WHERE one_way) THEN 'midstream' ELSE 'unanswered' END
            WHEN fwd_syns = 0 AND fwd_tcp_flags & 22 = 0 THEN 'stealth'
            WHEN fwd_syns = 0 AND fwd_tcp_flags & 6 = 0 AND fwd_packets <= 2 AND fwd_payload_bytes + rev_payload_bytes = 0 AND rev_packets = 0
              AND capture_id NOT IN (SELECT capture_id FROM captures WHERE one_way) THEN 'stealth'
            WHEN fwd_syns = 0 AND fwd_tcp_flags & 6 = 0 AND fwd_packets <= 2 AND rev_tcp_flags IN (4, 20) AND rev_packets <= 2 THEN 'stealth'
            WHEN fwd_syns = 0 THEN 'midstream'
            WHEN rev_packets = 0 AND fwd_tcp_flags & 16 <> 0 AND fwd_packets > fwd_syns + fwd_rsts THEN 'midstream'
            WHEN rev_synacks = 0 AND rev_rsts > 0 THEN 'refused'
            WHEN rev_synacks = 0 AND icmp_errors > 0 THEN 'refused'
            WHEN rev_synacks = 0 THEN 'unanswered'
            WHEN fwd_packets <= fwd_syns + fwd_rsts THEN 'half-open'
            WHEN fwd_payload_bytes = 0 THEN 'unused'
            ELSE 'used' END AS outcome
FROM flows
WHERE fwd_packets > 0 AND first_ts IS NOT NULL AND src_ip <> dst_ip
  AND (ip_proto IN (6, 17, 132) AND dst_port IS NOT NULL OR ip_proto = 1 AND icmp_type IN (8, 13, 15, 17) OR ip_proto = 58 AND icmp_type IN (128, 139))
