-- title: Requests of scanning programs
-- doc: HTTP requests that name a scanning program as their agent, or ask for the page by which one learns how a server answers nonsense. One port of one host is enough.
-- param: min_requests INTEGER 1 such requests
-- kind: detector
-- class: scan
-- subclass: scanning-program
-- techniques: T1595.002 T1595.003
-- severity: medium

WITH named AS (
  SELECT *, regexp_extract(lower(user_agent), 'nmap scripting engine|nikto|sqlmap|masscan|zgrab|gobuster|dirbuster|wpscan|nuclei|wfuzz|feroxbuster|nessus|openvas|acunetix|whatweb|zmeu') AS program
  FROM http WHERE method IS NOT NULL AND ts IS NOT NULL
), found AS (
  SELECT src_ip, dst_ip, dst_port, CASE WHEN program <> '' THEN program ELSE 'nmap' END AS program, count(*) AS requests, min(ts) AS start_ts, max(ts) AS end_ts,
         sum(coalesce(request_body, 0) + coalesce(response_body, 0)) AS bytes
  FROM named WHERE program <> '' OR lower(uri) LIKE '%/nice%20ports%2c/tri%' OR lower(uri) LIKE '%/nice ports,/trinity%'
  GROUP BY ALL HAVING count(*) >= $min_requests
)
SELECT CAST(NULL AS VARCHAR) AS class, CAST(NULL AS VARCHAR) AS subclass, CASE WHEN ip_scope(src_ip) = 'external' THEN 'low' END AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, 6 AS ip_proto, start_ts, end_ts,
       requests * 2 AS packets, CAST(bytes AS BIGINT) AS bytes, CAST(0.9 AS DOUBLE) AS score,
       src_ip || ' sent ' || counted(requests, 'request') || ' of ' || program || ' to ' || dst_ip || ' port ' || dst_port || '.' AS finding,
       CAST(json_object('program', program, 'requests', requests) AS VARCHAR) AS evidence
FROM found
ORDER BY packets DESC, src_ip, dst_ip, dst_port, program
