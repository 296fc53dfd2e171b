-- title: History of bytes sent
-- doc: Payload bytes that one address sent over time: packet by packet as long as there are no more packets than bins,
-- beyond that summed over bins of one round width, empty bins included.
-- param: address VARCHAR - the sender; the most frequent source address when not given
-- param: bins INTEGER 2000 points at most
-- chart: line ts payload_bytes
-- extract: ip_version IS NOT NULL AND src_ip = $address
-- report: history 10

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), sent AS (
  SELECT ts, capture_id, frame_no, coalesce(payload_len, 0) AS payload_len
  FROM packets JOIN chosen ON src_ip = address
  WHERE ip_version IS NOT NULL AND ts IS NOT NULL
), span AS (
  SELECT count(*) <= $bins AS each_packet, min(ts) AS first_ts, max(ts) AS last_ts,
         round_width(micros_between(min(ts), max(ts)) // greatest($bins - 1, 1) + 1) AS width_us
  FROM sent
), points AS (
  SELECT CASE WHEN each_packet THEN ts ELSE bin_start(ts, width_us) END AS ts,
         CASE WHEN each_packet THEN capture_id END AS capture_id,
         CASE WHEN each_packet THEN frame_no END AS frame_no,
         payload_len, 1 AS packets, each_packet, width_us
  FROM sent CROSS JOIN span
  UNION ALL
  SELECT bin_after(bin_start(first_ts, width_us), width_us, n), NULL, NULL, 0, 0, each_packet, width_us
  FROM (SELECT *, unnest(range(0, CAST(micros_between(first_ts, last_ts) // width_us AS BIGINT) + 1)) AS n FROM span WHERE NOT each_packet)
)
SELECT ts,
       CAST(sum(payload_len) AS BIGINT) AS payload_bytes,
       CAST(sum(packets) AS BIGINT) AS packets,
       CASE WHEN each_packet THEN NULL ELSE width_us / 1e6 END AS bin_seconds,
       (SELECT address FROM chosen) AS address
FROM points
WHERE ts IS NOT NULL
GROUP BY ts, capture_id, frame_no, each_packet, width_us
ORDER BY ts, capture_id, frame_no
