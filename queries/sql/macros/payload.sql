-- What stands behind the transport header of a packet, as far as it was captured: as the lake stored it, else read out of the capture. Names of its own, since a macro's
-- arguments mean what they name where they come to stand.
CREATE MACRO payload(of_capture, of_frame) AS (
  SELECT CASE WHEN octet_length(payload_stored) >= payload_wire_len THEN payload_stored
              ELSE coalesce(payload_read(payload_capture, payload_offset, payload_cap_len, coalesce(octet_length(payload_stored), 0)), payload_stored) END
  FROM (SELECT p.capture_id AS payload_capture, p.frame_no AS payload_frame, p.frame_offset AS payload_offset, p.cap_len AS payload_cap_len,
               p.payload_len AS payload_wire_len, s.payload AS payload_stored
        FROM packets p LEFT JOIN payloads s ON s.capture_id = p.capture_id AND s.frame_no = p.frame_no WHERE p.payload_len > 0) AS payload_places
  WHERE payload_capture = of_capture AND payload_frame = of_frame);
