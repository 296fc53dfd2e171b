-- title: Beacons
-- doc: One host alone speaks to an external service again and again at nearly even intervals, a little each time. What counts is a new connection, or a message of the client
-- after a second of silence. Time service is periodic too, and so are health checks: DNS and NTP are left out, as are internal services and those that several hosts use.
-- param: min_events INTEGER 10 times (detection research: 4 to 20; RITA: 4)
-- param: min_seconds DOUBLE 45 from the first to the last (own choice)
-- param: max_jitter DOUBLE 0.3 median deviation from the median of the intervals, as a part of it (own choice; 20 % of uniform jitter give 0.1, 60 % 0.3)
-- param: min_interval DOUBLE 1 median interval in seconds (by the unit)
-- param: max_bytes BIGINT 100000 payload bytes that an event sends, mean (own choice: more is an upload)
-- kind: detector
-- class: c2
-- subclass: beacon
-- techniques: T1071.001 T1571
-- severity: medium

WITH candidates AS (
  SELECT dst_ip, dst_port, ip_proto FROM exchanges
  WHERE ip_proto IN (6, 17) AND outcome IN ('used', 'midstream') AND ip_scope(dst_ip) = 'external' AND service IS DISTINCT FROM 'ntp' AND service IS DISTINCT FROM 'dns' AND dst_port NOT IN (53, 123)
  GROUP BY dst_ip, dst_port, ip_proto HAVING count(DISTINCT src_ip) = 1
), alone AS ( -- an address that only one host uses, on any port
  SELECT dst_ip FROM exchanges WHERE ip_proto IN (6, 17) AND outcome = 'used' GROUP BY dst_ip HAVING count(DISTINCT src_ip) = 1
), chosen AS (
  SELECT exchanges.* FROM exchanges SEMI JOIN candidates USING (dst_ip, dst_port, ip_proto) SEMI JOIN alone USING (dst_ip) WHERE outcome IN ('used', 'midstream')
), messages AS (
  SELECT c.src_ip, c.dst_ip, c.dst_port, c.ip_proto, p.ts, micros_between(lag(p.ts) OVER (PARTITION BY p.capture_id, p.flow_id ORDER BY p.ts, p.frame_no), p.ts) AS gap
  FROM packets p JOIN chosen c USING (capture_id, flow_id)
  WHERE c.seconds >= 2 AND p.payload_len > 0 AND p.src_ip = c.src_ip AND p.ts IS NOT NULL
), events AS (
  SELECT src_ip, dst_ip, dst_port, ip_proto, first_ts AS ts FROM chosen
  UNION ALL
  SELECT src_ip, dst_ip, dst_port, ip_proto, ts FROM messages WHERE gap >= 1000000
), intervals AS (
  SELECT *, micros_between(lag(ts) OVER (PARTITION BY src_ip, dst_ip, dst_port, ip_proto ORDER BY ts), ts) / 1e6 AS gap FROM events
), rhythms AS (
  SELECT src_ip, dst_ip, dst_port, ip_proto, count(*) AS events, median(gap) AS middle, mad(gap) AS deviation, quantile_cont(gap, 0.25) AS low, quantile_cont(gap, 0.75) AS high,
         min(ts) AS start_ts, max(ts) AS end_ts
  FROM intervals GROUP BY src_ip, dst_ip, dst_port, ip_proto
  HAVING count(*) >= $min_events AND median(gap) >= $min_interval AND mad(gap) <= $max_jitter * median(gap) AND micros_between(min(ts), max(ts)) / 1e6 >= $min_seconds
), sizes AS (
  SELECT src_ip, dst_ip, dst_port, ip_proto, sum(fwd_payload_bytes) AS sent, sum(rev_payload_bytes) AS received, sum(packets) AS packets, sum(bytes) AS bytes, max(last_ts) AS last_ts, count(*) AS flows
  FROM chosen GROUP BY src_ip, dst_ip, dst_port, ip_proto
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, last_ts AS end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes,
       round((1 - deviation / middle + 1 - abs(low + high - 2 * middle) / greatest(high - low, middle * 0.01) + least(events / 50.0, 1)) / 3, 2) AS score,
       src_ip || ' alone spoke to ' || dst_ip || ' port ' || dst_port || ' ' || grouped(events) || ' times, every ' || two_decimals(middle) || ' s (deviation ' || two_decimals(deviation) || ').' AS finding,
       CAST(json_object('events', events, 'connections', flows, 'interval_seconds', round(middle, 3), 'deviation', round(deviation, 3), 'jitter', round(deviation / middle, 3),
         'skew', round((low + high - 2 * middle) / nullif(high - low, 0), 3), 'bytes_sent', sent, 'bytes_received', received) AS VARCHAR) AS evidence
FROM rhythms JOIN sizes USING (src_ip, dst_ip, dst_port, ip_proto)
WHERE sent <= $max_bytes * events
ORDER BY bytes DESC, src_ip, dst_ip, dst_port, ip_proto
