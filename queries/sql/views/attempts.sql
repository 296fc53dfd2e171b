-- The contacts of TCP, UDP and SCTP in few bytes each, to count millions of them: addresses are the numbers of text_hash, and marks adds up bits: 1 used, 2 opened (used, unused or half-open), 4 refused,
-- 8 stealth, 16 half-open, 32 midstream, 64 of a capture that holds one direction, 128 failed (none of used, unused and midstream), 256 from an internal address, 512 to one. 1024 or 2048 is of those that contacts
-- leaves out: from, or to, what is no host's address.
SELECT text_hash(src_ip) AS src_key, text_hash(dst_ip) AS dst_key, CAST(ip_proto AS SMALLINT) AS ip_proto, dst_port, first_ts, last_ts, packets, bytes, fwd_payload_bytes, rev_payload_bytes,
       CAST(CASE outcome WHEN 'used' THEN 3 WHEN 'unused' THEN 2 WHEN 'half-open' THEN 146 WHEN 'refused' THEN 132 WHEN 'stealth' THEN 136 WHEN 'midstream' THEN 32 ELSE 128 END
         + CASE WHEN capture_id IN (SELECT capture_id FROM captures WHERE one_way) THEN 64 ELSE 0 END
         + CASE ip_scope(src_ip) WHEN 'internal' THEN 256 WHEN 'external' THEN 0 ELSE 1024 END
         + CASE ip_scope(dst_ip) WHEN 'internal' THEN 512 WHEN 'external' THEN 0 ELSE 2048 END AS SMALLINT) AS marks
FROM begun WHERE ip_proto IN (6, 17, 132)
