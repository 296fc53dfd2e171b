-- title: Data quality
-- doc: What is wrong with the captures themselves and limits what can be concluded from them. None of it is evidence of an attack:
-- a wrong checksum says that a packet was changed or not yet finished where it was captured.
-- report: quality 10

WITH checks AS (
  SELECT capture_id,
         count(*) FILTER (WHERE ip_chksum_ok = false) AS ip_wrong,
         count(*) FILTER (WHERE l4_chksum_ok = false) AS l4_wrong,
         count(*) FILTER (WHERE ts_suspect) AS ts_suspect
  FROM packets GROUP BY capture_id
), protocols AS (
  SELECT capture_id, low, high, string_agg(name, ' and ' ORDER BY name) AS names
  FROM (SELECT DISTINCT capture_id, least(src_ip, dst_ip) AS low, greatest(src_ip, dst_ip) AS high, upper(ip_proto_name(ip_proto)) AS name FROM packets WHERE l4_chksum_ok = false)
  GROUP BY capture_id, low, high
), rewritten AS (
  SELECT capture_id, r.a, r.b, least(r.a, r.b) AS low, greatest(r.a, r.b) AS high, r.packets, r."offset"
  FROM (SELECT capture_id, unnest(rewritten) AS r FROM captures)
), issues AS (
  SELECT capture_id, 'address rewritten' AS issue, a || ' - ' || b AS subject, rewritten.packets,
         'In ' || counted(rewritten.packets, 'packet') || ' between ' || a || ' and ' || b || ', both ways, IP and ' || coalesce(names, 'transport')
         || ' checksums are off by one constant (' || hex4("offset")
         || '): an address was rewritten after capture, so the identity of the peer is uncertain.' AS statement
  FROM rewritten LEFT JOIN protocols USING (capture_id, low, high)
  UNION ALL
  SELECT capture_id, 'wrong IP checksum', NULL, ip_wrong, 'IPv4 header checksums that are wrong.' FROM checks WHERE ip_wrong > 0
  UNION ALL
  SELECT capture_id, 'wrong transport checksum', NULL, l4_wrong, 'TCP, UDP or ICMP checksums that are wrong.' FROM checks WHERE l4_wrong > 0
  UNION ALL
  SELECT capture_id, 'checksum not judged', chksum_note, count(*), 'Checksums that cannot be judged: ' || coalesce(reason_doc(chksum_note), chksum_note) || '.'
  FROM packets WHERE chksum_note IS NOT NULL GROUP BY capture_id, chksum_note
  UNION ALL
  SELECT capture_id, 'suspect time', NULL, ts_suspect, 'Records whose time is missing or invalid.' FROM checks WHERE ts_suspect > 0
  UNION ALL
  SELECT capture_id, 'malformed', e.key, e.value, 'Frames that could not be decoded to the end: ' || coalesce(reason_doc(e.key), e.key) || '.'
  FROM (SELECT capture_id, unnest(map_entries(malformed_by)) AS e FROM captures)
  UNION ALL
  SELECT capture_id, 'rejected', e.key, e.value, 'Records of the capture that hold no whole frame: ' || e.key || '.'
  FROM (SELECT capture_id, unnest(map_entries(rejected_by)) AS e FROM captures)
  UNION ALL
  SELECT capture_id, 'snapped', NULL, snapped, 'Frames of which only the beginning was captured.' FROM captures WHERE snapped > 0
  UNION ALL
  SELECT capture_id, 'duplicates', NULL, duplicates,
         'More than 1 % of the packets are copies of one shortly before (dup_of_frame), as a SPAN port that mirrors both ways makes them: counts of packets and bytes are too high.'
  FROM captures WHERE duplicates > 0.01 * "rows"
  UNION ALL
  SELECT capture_id, 'dropped', NULL, dropped, 'Frames that the capturing host lost.' FROM captures WHERE dropped > 0
  UNION ALL
  SELECT capture_id, 'damaged', CASE WHEN truncated THEN 'truncated' END, NULL, unnest(damage) FROM captures
  UNION ALL
  SELECT capture_id, 'not read', NULL, NULL, error FROM captures WHERE status <> 'ok'
)
SELECT captures.source, issue, subject, CAST(issues.packets AS BIGINT) AS packets, statement, capture_id
FROM issues JOIN captures USING (capture_id)
ORDER BY captures.source, capture_id, issue, packets DESC NULLS LAST, subject, statement
