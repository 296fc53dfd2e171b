WITH shared AS ( -- keys of which one flow may go on in another: across captures both are open at the edge, else the first says why it ended
  SELECT flow_hash FROM flows_around
  WHERE open_at_start OR open_at_end OR end_reason IN ('active', 'evicted')
  GROUP BY flow_hash
  HAVING count(*) > 1 AND bool_or(open_at_end) AND bool_or(open_at_start) OR bool_or(end_reason IN ('active', 'evicted'))
), ends AS (
  SELECT flow_id, sensor, flow_hash, ip_proto, icmp_id, end_reason, ordinal,
         coalesce(src_ip > dst_ip OR src_ip = dst_ip AND src_port > dst_port, false) AS mirrored,
         least(src_ip, dst_ip) AS low_ip, greatest(src_ip, dst_ip) AS high_ip,
         CASE WHEN mirrored THEN dst_port ELSE src_port END AS low_port, CASE WHEN mirrored THEN src_port ELSE dst_port END AS high_port,
         {{.Link}} AS link
  FROM flows_around
  SEMI JOIN shared USING (flow_hash)
  LEFT JOIN capture_order USING (capture_id)
), keys AS (
  SELECT flow_hash, chained_flows(string_agg(link, ';')) AS links
  FROM ends
  GROUP BY sensor, flow_hash, low_ip, high_ip, low_port, high_port, ip_proto, icmp_id
  HAVING count(*) > 1
), chains AS (
  SELECT flow_hash, unnest(string_split(links, ';')) AS link FROM keys
)
SELECT capture_id, flow_hash, CAST(split_part(link, ' ', 2) AS BIGINT) AS flow_id, split_part(link, ' ', 3) AS head,
       CAST(split_part(link, ' ', 4) AS BIGINT) AS piece, split_part(link, ' ', 5) = '1' AS turned
FROM chains
JOIN capture_order ON capture_order.ordinal = CAST(split_part(link, ' ', 1) AS BIGINT)
