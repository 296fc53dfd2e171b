-- title: Data behind the records of DNS messages
-- doc: One address sends another DNS messages over UDP that go on after their last record, each by at least 16 bytes and not always by as many:
-- room that the protocol has no use for, so a way to carry data past a filter that lets DNS through. Duplicates of a frame do not count.
-- param: min_bytes INTEGER 16 bytes behind the last record that make a message count
-- param: min_messages INTEGER 3 such messages from one address to another that make a finding
-- kind: detector
-- class: theft
-- subclass: dns-exfiltration
-- techniques: T1048.003 T1071.004
-- severity: high

WITH messages AS (
  SELECT dns.capture_id, dns.frame_no, dns.src_ip, dns.dst_ip, dns.src_port, dns.dst_port, dns.dns_id AS id, dns.is_response AS response, dns.ts, dns.ts_extra_ns,
         dns.trailing_bytes, packets.payload_len,
         micros_between(lag(dns.ts) OVER by_time, dns.ts) AS interval_us,
         row_number() OVER by_time AS place
  FROM dns JOIN packets ON packets.capture_id = dns.capture_id AND packets.frame_no = dns.frame_no
  WHERE dns.trailing_bytes >= $min_bytes AND packets.dup_of_frame IS NULL AND dns.transport IS DISTINCT FROM 'tcp' -- NULL before schema version 2
  WINDOW by_time AS (PARTITION BY dns.src_ip, dns.dst_ip ORDER BY dns.ts, dns.ts_extra_ns, dns.capture_id, dns.frame_no)
), pairs AS (
  SELECT src_ip, dst_ip,
         count(*) AS messages,
         count(*) FILTER (WHERE NOT response) AS queries,
         CASE WHEN min(dst_port) = max(dst_port) THEN min(dst_port) END AS dst_port,
         CASE WHEN min(src_port) = max(src_port) THEN min(src_port) END AS src_port,
         CASE WHEN min(id) = max(id) THEN min(id) END AS id,
         min(ts) AS start_ts,
         max(ts) AS end_ts,
         CAST(sum(payload_len) AS BIGINT) AS payload_bytes,
         CAST(sum(trailing_bytes) AS BIGINT) AS trailing_bytes,
         min(trailing_bytes) AS trailing_min,
         max(trailing_bytes) AS trailing_max,
         CAST(round(median(trailing_bytes)) AS BIGINT) AS trailing_median,
         median(interval_us) / 1e6 AS interval_seconds
  FROM messages
  GROUP BY src_ip, dst_ip
  HAVING count(*) >= $min_messages AND min(trailing_bytes) < max(trailing_bytes)
), beginnings AS (
  SELECT messages.src_ip, messages.dst_ip, file_magic(hex_part(payload, messages.payload_len - messages.trailing_bytes, 16)) AS magic
  FROM messages JOIN payloads ON payloads.capture_id = messages.capture_id AND payloads.frame_no = messages.frame_no
  WHERE place = 1
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, 17 AS ip_proto, start_ts, end_ts, messages AS packets, payload_bytes AS bytes,
       round(0.5 + 0.5 * least(trailing_bytes / nullif(CAST(payload_bytes AS DOUBLE), 0), 1), 2) AS score,
       src_ip || ' sent ' || grouped(messages) || ' DNS ' || CASE WHEN queries = messages THEN 'queries' WHEN queries = 0 THEN 'responses' ELSE 'messages' END
       || ' (' || concat_ws(', ', 'same id ' || hex4(id), 'source port ' || src_port, 'every ' || two_decimals(interval_seconds) || ' s') || ')'
       || ' to ' || dst_ip || ': ' || grouped(payload_bytes) || ' payload bytes, of which ' || grouped(trailing_bytes)
       || ' follow the last record (' || trailing_min || '-' || trailing_max || ' each, median ' || trailing_median || ')'
       || coalesce(', beginning with a ' || magic || ' header', '') || '.' AS finding,
       CAST(json_object('messages', messages, 'queries', queries, 'id', id, 'src_port', src_port, 'interval_seconds', interval_seconds,
         'payload_bytes', payload_bytes, 'trailing_bytes', trailing_bytes, 'trailing_min', trailing_min, 'trailing_max', trailing_max,
         'trailing_median', trailing_median, 'begins_with', magic) AS VARCHAR) AS evidence
FROM pairs LEFT JOIN beginnings USING (src_ip, dst_ip)
ORDER BY bytes DESC, src_ip, dst_ip
