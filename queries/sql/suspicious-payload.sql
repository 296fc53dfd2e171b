-- title: First payload kept of the suspicious conversation
-- doc: A hexdump of the first payload kept (ingest --payload) between the most frequent address and its suspicious peer; empty when none was kept.
-- param: address VARCHAR - one side; the most frequent source address when not given
-- param: peer VARCHAR - the other side; the peer with most payload bytes both ways when not given
-- param: bytes INTEGER 512 bytes shown
-- report: suspicious 30

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), exchanged AS (
  SELECT dst_ip AS peer, payload_bytes FROM traffic JOIN chosen ON src_ip = address WHERE $peer IS NULL AND ip_version IS NOT NULL
  UNION ALL
  SELECT src_ip, payload_bytes FROM traffic JOIN chosen ON dst_ip = address WHERE $peer IS NULL AND ip_version IS NOT NULL AND src_ip <> dst_ip
), pair AS (
  SELECT address, coalesce($peer, (SELECT peer FROM exchanged GROUP BY peer ORDER BY coalesce(sum(payload_bytes), 0) DESC, peer LIMIT 1)) AS peer FROM chosen
), kept AS (
  SELECT src_ip, dst_ip, frame_no, capture_id, hex_part(payload, 0, $bytes) AS h
  FROM payloads JOIN pair ON src_ip = address AND dst_ip = peer OR src_ip = peer AND dst_ip = address
  WHERE octet_length(payload) > 0
  ORDER BY ts, ts_extra_ns, capture_id, frame_no
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
