-- title: First payload kept
-- doc: A hexdump of the first payload kept (ingest --payload) that an address sent, or was sent where it sent none; empty when none was kept.
-- param: address VARCHAR - the address; the most frequent source address when not given
-- param: bytes INTEGER 256 bytes shown
-- report: suspects 50

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), kept AS (
  SELECT src_ip, dst_ip, frame_no, capture_id, hex_part(payload, 0, $bytes) AS h
  FROM payloads JOIN chosen ON src_ip = address OR dst_ip = address
  WHERE octet_length(payload) > 0
  ORDER BY src_ip = address DESC, ts, ts_extra_ns, capture_id, frame_no
  LIMIT 1
), lines AS (
  SELECT *, unnest(range(0, (length(h) + 31) // 32)) AS n FROM kept
)
SELECT n * 16 AS "offset",
       hex_bytes(substr(h, n * 32 + 1, 32)) AS hex,
       hex_ascii(substr(h, n * 32 + 1, 32)) AS ascii,
       src_ip, dst_ip, capture_id, frame_no
FROM lines
ORDER BY n
