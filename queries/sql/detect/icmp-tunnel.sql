-- title: ICMP tunnels
-- doc: Echo messages between two hosts that are no echo: the replies carry other amounts than the requests (RFC 792: the data received must be returned), or the requests
-- carry much and in changing amounts.
-- param: min_packets INTEGER 10 requests and replies each way (own choice)
-- param: min_bytes BIGINT 20000 payload bytes of requests whose sizes change (own choice)
-- param: min_deviation DOUBLE 50 standard deviation of their lengths in bytes (own choice; ping sends one size)
-- kind: detector
-- class: theft
-- subclass: icmp-tunnel
-- techniques: T1095 T1048.003
-- severity: high

WITH pairs AS (
  SELECT src_ip, dst_ip, ip_proto, sum(fwd_packets) AS requests, sum(rev_packets) AS replies, sum(fwd_payload_bytes) AS sent, sum(rev_payload_bytes) AS received,
         max(fwd_len_std) AS deviation, min(first_ts) AS start_ts, max(last_ts) AS end_ts, sum(fwd_ip_bytes + rev_ip_bytes) AS bytes,
         sum(CASE WHEN fwd_packets = rev_packets AND fwd_payload_bytes <> rev_payload_bytes THEN fwd_packets ELSE 0 END) AS unlike
  FROM flows WHERE ip_proto IN (1, 58) AND icmp_type IN (8, 128) AND first_ts IS NOT NULL
  GROUP BY src_ip, dst_ip, ip_proto
), tunnels AS (
  SELECT *, replies >= $min_packets AND (unlike >= $min_packets OR abs(received - sent * replies / requests) > 0.1 * received AND replies >= requests * 0.9) AS differs,
         requests >= $min_packets AND sent >= $min_bytes AND deviation >= $min_deviation AS changing
  FROM pairs
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, CAST(NULL AS INTEGER) AS dst_port, ip_proto, start_ts, end_ts,
       CAST(requests + replies AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, CAST(CASE WHEN differs AND changing THEN 0.95 WHEN differs THEN 0.85 ELSE 0.7 END AS DOUBLE) AS score,
       src_ip || ' sent ' || dst_ip || ' ' || grouped(requests) || ' echo requests with ' || grouped(sent) || ' bytes and got ' || grouped(replies) || ' replies with ' || grouped(received) || '.' AS finding,
       CAST(json_object('requests', requests, 'replies', replies, 'bytes_sent', sent, 'bytes_received', received, 'length_deviation', round(deviation, 1), 'replies_differ', differs) AS VARCHAR) AS evidence
FROM tunnels WHERE differs OR changing
ORDER BY bytes DESC, src_ip, dst_ip, ip_proto
