-- One row per address that a DNS response gave a client: the name asked for, when, and for how long it may be used. The macro
-- resolved_name(client, address, ts) is the last name that a client resolved to an address before a time, or at it.
SELECT capture_id, frame_no, sensor, ts, dst_ip AS client, src_ip AS resolver, qname AS name, unnest(string_split(answer_ips, ',')) AS address, min_ttl
FROM dns
WHERE is_response AND answer_ips IS NOT NULL AND qname IS NOT NULL
