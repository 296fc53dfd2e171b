-- title: Addresses claimed by two hosts
-- doc: Two hardware addresses claim one IP address by ARP within ten minutes, each more than once: a mistake, a change of machines, or one host that poses as another.
-- param: min_claims INTEGER 3 messages of each within ten minutes (own choice)
-- kind: detector
-- class: other
-- subclass: arp-conflict
-- techniques: T1557.002
-- severity: info

WITH claims AS (
  SELECT sender_ip, sender_mac, bin, count(*) AS claims, min(ts) AS start_ts, max(ts) AS end_ts
  FROM (SELECT *, bin_start(ts, 600000000) AS bin FROM arp WHERE sender_ip <> '0.0.0.0' AND ts IS NOT NULL)
  GROUP BY sender_ip, sender_mac, bin HAVING count(*) >= $min_claims
), conflicts AS (
  SELECT sender_ip AS src_ip, list(DISTINCT sender_mac ORDER BY sender_mac) AS macs, CAST(sum(claims) AS BIGINT) AS packets, min(start_ts) AS start_ts, max(end_ts) AS end_ts
  FROM claims SEMI JOIN (SELECT sender_ip, bin FROM claims GROUP BY sender_ip, bin HAVING count(*) > 1) USING (sender_ip, bin) GROUP BY sender_ip
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(len(macs) AS BIGINT) AS src_count, CAST(NULL AS VARCHAR) AS dst_ip, CAST(NULL AS BIGINT) AS dst_count, CAST(NULL AS INTEGER) AS dst_port, CAST(NULL AS INTEGER) AS ip_proto,
       start_ts, end_ts, packets, packets * 28 AS bytes, CAST(0.5 AS DOUBLE) AS score,
       src_ip || ' was claimed by ' || len(macs) || ' hardware addresses: ' || listed(macs, 4) || '.' AS finding, CAST(json_object('macs', macs) AS VARCHAR) AS evidence
FROM conflicts
ORDER BY packets DESC, src_ip
