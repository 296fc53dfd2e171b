-- title: Conversation with the suspicious address
-- doc: The packets between the most frequent address and its suspicious peer, both ways, in time order. trailing_bytes follow the last record
-- of a DNS message; hexdump shows the first sixteen bytes of the payload where it was kept (ingest --payload).
-- param: address VARCHAR - one side; the most frequent source address when not given
-- param: peer VARCHAR - the other side; the peer with most payload bytes both ways when not given
-- param: top INTEGER 500 packets shown
-- chart: line ts payload_len direction
-- report: suspicious 20

WITH chosen AS (
  SELECT coalesce($address, (SELECT src_ip FROM packets WHERE $address IS NULL AND ip_version IS NOT NULL
                             GROUP BY src_ip ORDER BY count(*) DESC, src_ip LIMIT 1)) AS address
), exchanged AS (
  SELECT CASE WHEN src_ip = address THEN dst_ip ELSE src_ip END AS peer, payload_len
  FROM packets JOIN chosen ON src_ip = address OR dst_ip = address WHERE ip_version IS NOT NULL
), pair AS (
  SELECT address, coalesce($peer, (SELECT peer FROM exchanged WHERE $peer IS NULL GROUP BY peer
                                   ORDER BY coalesce(sum(payload_len), 0) DESC, peer LIMIT 1)) AS peer
  FROM chosen
), messages AS ( -- a segment of TCP may end several
  SELECT capture_id, frame_no, string_agg(DISTINCT qname, ' ' ORDER BY qname) AS qname, CAST(sum(trailing_bytes) AS BIGINT) AS trailing_bytes
  FROM dns JOIN pair ON src_ip = address AND dst_ip = peer OR src_ip = peer AND dst_ip = address
  GROUP BY capture_id, frame_no
)
SELECT p.ts,
       CASE WHEN p.src_ip = address THEN 'sent' ELSE 'received' END AS direction,
       p.src_ip, p.src_port, p.dst_ip, p.dst_port, p.protocol, p.payload_len,
       messages.qname, messages.trailing_bytes,
       hex_bytes(hex_part(payloads.payload, 0, 16)) || '  |' || hex_ascii(hex_part(payloads.payload, 0, 16)) || '|' AS hexdump,
       p.capture_id, p.frame_no
FROM packets AS p
JOIN pair ON p.src_ip = address AND p.dst_ip = peer OR p.src_ip = peer AND p.dst_ip = address
LEFT JOIN messages ON messages.capture_id = p.capture_id AND messages.frame_no = p.frame_no
LEFT JOIN payloads ON payloads.capture_id = p.capture_id AND payloads.frame_no = p.frame_no
WHERE p.ip_version IS NOT NULL
ORDER BY p.ts, p.ts_extra_ns, p.capture_id, p.frame_no
LIMIT $top
