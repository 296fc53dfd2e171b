-- What packets from one end to another add up to. There may be several rows of one key (ip_version, src_ip, src_port, dst_ip, dst_port, ip_proto): sum packets,
-- payload_packets (those that carry payload), payload_bytes and wire_bytes, take the least first_ts and the greatest last_ts. Packets without an IP header have NULL for
-- the whole key. A statement reads as many rows as there are packets; a report adds them up once, for all of its queries.
SELECT ip_version, src_ip, src_port, dst_ip, dst_port, ip_proto, 1 AS packets, CAST(payload_len > 0 AS INTEGER) AS payload_packets, payload_len AS payload_bytes, wire_len AS wire_bytes,
       ts AS first_ts, ts AS last_ts
FROM packets
