-- The IP packets under the names that a table of scapy's fields has.
SELECT ip_version AS version,
       ip_hdr_len // 4 AS ihl, -- 32-bit words
       ip_tos AS tos,
       ip_len AS len,
       ip_id AS id,
       ip_flags_text(ip_flags) AS flags, -- 'DF', 'MF'
       ip_frag_offset // 8 AS frag, -- 8-byte units
       ip_ttl AS ttl,
       ip_proto AS proto,
       ip_chksum AS chksum,
       packets.src_ip AS src,
       packets.dst_ip AS dst,
       ip_options_count AS options, -- how many
       time_ns(packets.ts, packets.ts_extra_ns) AS "time",
       packets.src_port AS sport,
       packets.dst_port AS dport,
       tcp_seq AS seq,
       tcp_ack AS ack,
       tcp_hdr_len // 4 AS dataofs, -- 32-bit words
       tcp_reserved AS reserved,
       tcp_flags_text(tcp_flags) AS tcp_flags, -- 'SA', 'PA'
       tcp_window AS "window",
       l4_chksum AS tcp_chksum, -- of TCP or UDP
       tcp_urgent AS urgptr,
       tcp_options_count AS tcp_options, -- how many
       packets.payload_len AS payload, -- bytes, as the tutorial charts them
       payloads.payload AS payload_raw, -- NULL unless kept (ingest --payload)
       lower(hex(payloads.payload)) AS payload_hex
FROM packets
LEFT JOIN payloads ON payloads.capture_id = packets.capture_id AND payloads.frame_no = packets.frame_no
WHERE ip_version IS NOT NULL
