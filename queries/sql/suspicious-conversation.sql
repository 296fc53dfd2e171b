-- title: Conversation with the suspicious address
-- doc: The packets between the most frequent address and its suspicious peer, both ways, in time order. trailing_bytes follow the last record
-- of a DNS message; hexdump shows the first sixteen bytes of the payload where it was kept (ingest --payload).
-- param: address VARCHAR - one side; the most frequent source address when not given
-- param: peer VARCHAR - the other side; the peer with most payload bytes both ways when not given
-- param: top INTEGER 500 packets shown
-- chart: line ts payload_len direction
-- extract: ip_version IS NOT NULL AND (src_ip = $address AND dst_ip = $peer OR src_ip = $peer AND dst_ip = $address)
-- report: suspicious 20

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM traffic WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY sum(packets) DESC, src_ip LIMIT 1)) AS address
), exchanged AS (
  SELECT dst_ip AS peer, payload_bytes FROM traffic JOIN chosen ON src_ip = address WHERE $peer IS NULL AND ip_version IS NOT NULL
  UNION ALL
  SELECT src_ip, payload_bytes FROM traffic JOIN chosen ON dst_ip = address WHERE $peer IS NULL AND ip_version IS NOT NULL AND src_ip <> dst_ip
), pair AS (
  SELECT address, coalesce($peer, (SELECT peer FROM exchanged GROUP BY peer ORDER BY coalesce(sum(payload_bytes), 0) DESC, peer LIMIT 1)) AS peer FROM chosen
), messages AS ( -- a segment of TCP may end several
  SELECT capture_id, frame_no, string_agg(DISTINCT qname, ' ' ORDER BY qname) AS qname, CAST(sum(trailing_bytes) AS BIGINT) AS trailing_bytes
  FROM dns JOIN pair ON src_ip = address AND dst_ip = peer OR src_ip = peer AND dst_ip = address
  GROUP BY capture_id, frame_no
), both_ways AS (
  SELECT 'sent' AS direction, ts, ts_extra_ns, src_ip, src_port, dst_ip, dst_port, protocol, payload_len, capture_id, frame_no
  FROM packets JOIN pair ON src_ip = address AND dst_ip = peer WHERE ip_version IS NOT NULL
  UNION ALL
  SELECT 'received', ts, ts_extra_ns, src_ip, src_port, dst_ip, dst_port, protocol, payload_len, capture_id, frame_no
  FROM packets JOIN pair ON src_ip = peer AND dst_ip = address WHERE ip_version IS NOT NULL AND src_ip <> dst_ip
), shown AS (
  SELECT * FROM both_ways ORDER BY ts, ts_extra_ns, capture_id, frame_no LIMIT $top
)
SELECT p.ts, p.direction, p.src_ip, p.src_port, p.dst_ip, p.dst_port, p.protocol, p.payload_len,
       messages.qname, messages.trailing_bytes,
       hex_bytes(hex_part(payloads.payload, 0, 16)) || '  |' || hex_ascii(hex_part(payloads.payload, 0, 16)) || '|' AS hexdump,
       p.capture_id, p.frame_no
FROM shown AS p
LEFT JOIN messages ON messages.capture_id = p.capture_id AND messages.frame_no = p.frame_no
LEFT JOIN payloads ON payloads.capture_id = p.capture_id AND payloads.frame_no = p.frame_no
ORDER BY p.ts, p.ts_extra_ns, p.capture_id, p.frame_no
