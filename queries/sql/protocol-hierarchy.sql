-- title: Protocol hierarchy
-- doc: Frames and bytes on the wire for each chain of protocols, and below it for those it ends with, as Wireshark's statistics of that name.
-- report: network 30

WITH chains AS (
  SELECT coalesce(protocols, 'unknown') AS protocols, count(*) AS packets, CAST(sum(wire_len) AS BIGINT) AS wire_bytes
  FROM packets GROUP BY 1
), levels AS (
  SELECT string_split(protocols, ':') AS layers, unnest(range(1, len(string_split(protocols, ':')) + 1)) AS depth, packets, wire_bytes
  FROM chains
)
SELECT array_to_string(layers[1:depth], ':') AS chain,
       layers[depth] AS protocol,
       CAST(depth AS INTEGER) AS depth,
       CAST(sum(packets) AS BIGINT) AS packets,
       round(100.0 * CAST(sum(packets) AS DOUBLE) / (SELECT sum(packets) FROM chains), 2) AS percent_packets,
       CAST(sum(wire_bytes) AS BIGINT) AS wire_bytes,
       round(100.0 * CAST(sum(wire_bytes) AS DOUBLE) / nullif((SELECT sum(wire_bytes) FROM chains), 0), 2) AS percent_bytes,
       CAST(sum(CASE WHEN depth = len(layers) THEN packets ELSE 0 END) AS BIGINT) AS end_packets
FROM levels
GROUP BY chain, protocol, depth
ORDER BY chain
