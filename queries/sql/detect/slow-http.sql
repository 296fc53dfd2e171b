-- title: Connections held open by slowness
-- doc: One source holds many connections to one service at once without letting it finish: requests that are never complete (slow headers, slow body, which go on even where the answer came early), or answers read a
-- little at a time through a small window (slow read). A pool of idle connections that were answered is none.
-- param: min_connections INTEGER 30 such connections (own choice; slowhttptest opens 50 unless told otherwise)
-- param: min_seconds DOUBLE 5 seconds that each lasts without an answer (own choice)
-- param: max_rate DOUBLE 120 bytes of payload in a second that each sends, mean (own choice)
-- param: max_window INTEGER 2048 receive window in bytes with which a client reads slowly (own choice; slowhttptest: 1 to 512 and rounding)
-- kind: detector
-- class: dos
-- subclass: slow-request
-- techniques: T1499.001
-- severity: high

WITH pieces AS ( -- a connection lasts from one SYN to the next, however long it is silent; where that is longer than flows wait, its flows are put together
  SELECT *, sum(fwd_syns) OVER (PARTITION BY src_ip, src_port, dst_ip, dst_port ORDER BY first_ts, flow_id ROWS UNBOUNDED PRECEDING) AS connection
  FROM exchanges WHERE ip_proto = 6
), connections AS (
  SELECT src_ip, dst_ip, dst_port, connection, min(first_ts) AS first_ts, max(last_ts) AS last_ts, micros_between(min(first_ts), max(last_ts)) / 1e6 AS seconds, min(fwd_data_ts) AS fwd_data_ts,
         min(rev_data_ts) AS rev_data_ts, sum(fwd_payload_bytes) AS fwd_payload_bytes, sum(rev_payload_bytes) AS rev_payload_bytes, sum(fwd_payload_packets) AS fwd_payload_packets,
         sum(rev_payload_packets) AS rev_payload_packets, arg_min(fwd_first_window, first_ts) AS fwd_first_window, max(service) AS service, sum(packets) AS packets, sum(bytes) AS bytes
  FROM pieces WHERE connection > 0 GROUP BY src_ip, src_port, dst_ip, dst_port, connection
), held AS (
  SELECT *, CASE WHEN rev_payload_bytes = 0 OR micros_between(fwd_data_ts, rev_data_ts) >= 1000000 * $min_seconds THEN 'slow-request'
                 WHEN (service IN ('http', 'tls') OR dst_port IN (80, 443, 8080, 8443)) AND fwd_payload_packets >= 3 * greatest(rev_payload_packets, 1) THEN 'slow-request'
                 WHEN fwd_first_window <= $max_window AND rev_payload_bytes / seconds < 1000 THEN 'slow-read' END AS kind
  FROM connections WHERE seconds >= $min_seconds AND fwd_payload_bytes > 0 AND fwd_payload_bytes < $max_rate * seconds
), ended AS (
  SELECT *, max(last_ts) OVER (PARTITION BY src_ip, dst_ip, dst_port, kind ORDER BY first_ts ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until_ts FROM held WHERE kind IS NOT NULL
), marked AS ( -- a minute without such a connection parts one episode from the next
  SELECT *, sum(CASE WHEN until_ts IS NULL OR micros_between(until_ts, first_ts) > 60000000 THEN 1 ELSE 0 END) OVER (PARTITION BY src_ip, dst_ip, dst_port, kind ORDER BY first_ts) AS episode FROM ended
), sources AS (
  SELECT src_ip, dst_ip, dst_port, kind, episode, count(*) AS connections, median(seconds) AS seconds, sum(fwd_payload_bytes) AS sent, sum(rev_payload_bytes) AS answered,
         min(first_ts) AS start_ts, max(last_ts) AS end_ts, sum(packets) AS packets, sum(bytes) AS bytes, sum(seconds) / nullif(micros_between(min(first_ts), max(last_ts)) / 1e6, 0) AS concurrent
  FROM marked GROUP BY src_ip, dst_ip, dst_port, kind, episode
  HAVING count(*) >= $min_connections AND sum(seconds) >= $min_connections / 2 * micros_between(min(first_ts), max(last_ts)) / 1e6
)
SELECT CAST(NULL AS VARCHAR) AS class, kind AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, 6 AS ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.6 + 0.4 * (1 - $min_connections / CAST(connections AS DOUBLE)), 2) AS score,
       src_ip || ' held ' || counted(connections, 'connection') || ' to ' || dst_ip || ' port ' || dst_port || ' open for ' || two_decimals(seconds) || ' s each (median), sending '
       || grouped(sent) || ' bytes in all.' AS finding,
       CAST(json_object('connections', connections, 'at_once', round(concurrent, 1), 'median_seconds', round(seconds, 2), 'bytes_sent', sent, 'bytes_answered', answered) AS VARCHAR) AS evidence
FROM sources
ORDER BY packets DESC, src_ip, dst_ip, dst_port, kind, start_ts
