WITH turned AS ( -- each with its directions as its conversation has them
  SELECT * REPLACE ({{.Turned}})
  FROM flows_around JOIN conversation_links USING (capture_id, flow_id, flow_hash)
), pieces AS (
  SELECT *, {{.Pieces}}
  FROM turned
), conversations AS (
  SELECT {{.Merged}},
         count(*) AS flows, count(DISTINCT capture_id) AS captures, list({'capture_id': capture_id, 'flow_id': flow_id} ORDER BY piece) AS members
  FROM pieces GROUP BY head
  UNION ALL
  SELECT {{.Whole}}, 1, 1, [{'capture_id': capture_id, 'flow_id': flow_id}]
  FROM flows_around ANTI JOIN conversation_links USING (capture_id, flow_id, flow_hash)
)
SELECT *, TRY_CAST(micros_between(first_ts, last_ts) AS BIGINT) AS duration_us, ip_scope(src_ip) AS src_scope, ip_scope(dst_ip) AS dst_scope
FROM conversations
WHERE in_period(first_ts, first_ts_extra_ns, last_ts, last_ts_extra_ns)
