-- title: Conversations by bytes
-- doc: IP packets between two addresses and ports, both ways, by payload bytes; a is the lower side in text order.
-- param: top INTEGER 20 conversations shown before "others"
-- chart: bar conversation payload_bytes
-- extract: ip_version IS NOT NULL
-- report: network 50
-- others: payload_bytes bytes_a_to_b bytes_b_to_a packets wire_bytes

WITH ways AS (
  SELECT src_ip, src_port, dst_ip, dst_port, ip_proto, sum(payload_bytes) AS payload_len, sum(wire_bytes) AS wire_len, sum(packets) AS packets,
         min(first_ts) AS first_ts, max(last_ts) AS last_ts
  FROM traffic WHERE ip_version IS NOT NULL
  GROUP BY src_ip, src_port, dst_ip, dst_port, ip_proto
), sides AS (
  SELECT endpoint(src_ip, src_port) AS source, endpoint(dst_ip, dst_port) AS destination, ip_proto, payload_len, wire_len, packets, first_ts, last_ts
  FROM ways
)
SELECT least(source, destination) || ' - ' || greatest(source, destination) || coalesce(' ' || ip_proto_name(ip_proto), '') AS conversation,
       CAST(sum(payload_len) AS BIGINT) AS payload_bytes,
       CAST(sum(CASE WHEN source <= destination THEN payload_len ELSE 0 END) AS BIGINT) AS bytes_a_to_b,
       CAST(sum(CASE WHEN source > destination THEN payload_len ELSE 0 END) AS BIGINT) AS bytes_b_to_a,
       CAST(sum(packets) AS BIGINT) AS packets,
       CAST(sum(wire_len) AS BIGINT) AS wire_bytes,
       min(first_ts) AS first_ts,
       max(last_ts) AS last_ts,
       micros_between(min(first_ts), max(last_ts)) / 1e6 AS seconds
FROM sides
GROUP BY conversation
ORDER BY payload_bytes DESC NULLS LAST, conversation
