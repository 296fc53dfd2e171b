-- title: Retransmissions
-- doc: TCP connections by the payload bytes that were sent again, with their share and the bytes that the capture missed. Copies that the capture has twice are left out.
-- param: top INTEGER 100 rows shown
-- report: network 80

SELECT src_ip, src_port, dst_ip, dst_port, fwd_retransmitted_bytes + rev_retransmitted_bytes AS retransmitted_bytes,
       (fwd_retransmitted_bytes + rev_retransmitted_bytes) / nullif(fwd_segment_bytes + rev_segment_bytes, 0) AS share,
       fwd_missed_bytes + rev_missed_bytes AS missed_bytes, fwd_segment_bytes + rev_segment_bytes AS segment_bytes, first_ts, capture_id, flow_id
FROM flows
WHERE fwd_retransmitted_bytes + rev_retransmitted_bytes > 0
ORDER BY retransmitted_bytes DESC, first_ts, capture_id, flow_id, src_ip, src_port, dst_ip, dst_port, missed_bytes, segment_bytes
LIMIT $top
