-- title: Odd content on a known port
-- doc: What crosses a port to the outside that filters let through is recognised as another protocol than the port's: SSH or IRC on the ports of web, DNS, NTP or mail, or
-- anything but DNS on 53 and NTP on 123.
-- param: min_bytes BIGINT 1000 payload bytes of such flows (own choice)
-- kind: detector
-- class: theft
-- subclass: odd-service
-- techniques: T1571 T1048
-- severity: low

WITH odd AS (
  SELECT src_ip, dst_ip, dst_port, ip_proto, service, count(*) AS flows, sum(fwd_payload_bytes) AS sent, sum(rev_payload_bytes) AS received, min(first_ts) AS start_ts, max(last_ts) AS end_ts,
         sum(packets) AS packets, sum(bytes) AS bytes
  FROM exchanges
  WHERE outcome IN ('used', 'midstream') AND ip_scope(src_ip) = 'internal' AND ip_scope(dst_ip) = 'external'
    AND (service IN ('ssh', 'irc', 'telnet', 'rdp', 'smb') AND dst_port IN (25, 53, 80, 110, 123, 143, 443, 465, 587, 993, 995, 8080)
      OR dst_port = 53 AND service IS NOT NULL AND service NOT IN ('dns', 'tls') OR dst_port = 123 AND service IS NOT NULL AND service <> 'ntp')
  GROUP BY src_ip, dst_ip, dst_port, ip_proto, service HAVING sum(fwd_payload_bytes + rev_payload_bytes) >= $min_bytes
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CAST(NULL AS VARCHAR) AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, CAST(0.5 AS DOUBLE) AS score,
       src_ip || ' spoke ' || service || ' with ' || dst_ip || ' on port ' || dst_port || ' (' || port_service(dst_port, ip_proto) || '): ' || grouped(sent) || ' bytes sent, ' || grouped(received) || ' received.' AS finding,
       CAST(json_object('service', service, 'flows', flows, 'bytes_sent', sent, 'bytes_received', received) AS VARCHAR) AS evidence
FROM odd
ORDER BY bytes DESC, src_ip, dst_ip, dst_port, ip_proto, service
