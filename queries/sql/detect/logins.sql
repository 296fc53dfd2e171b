-- title: Guessed passwords
-- doc: One source opens many short sessions of one size with a login service, SSH, RDP, FTP or Telnet by content or port, within ten minutes: what fails is alike and soon over.
-- A longer session after them raises the severity: one may have succeeded. Over HTTP, requests refused with 401 or 403, and posts to a login.
-- param: min_sessions INTEGER 4 sessions of one size within ten minutes (own choice; hydra and nmap open 4 at once)
-- param: max_bytes INTEGER 5000 payload bytes that each sends (own choice; a key exchange takes 1,000 to 3,000)
-- param: max_seconds DOUBLE 120 that each lasts (OpenSSH's LoginGraceTime)
-- param: max_spread DOUBLE 0.15 median deviation from the median of the bytes sent, as a part of it (own choice: names and passwords differ by little)
-- param: min_requests INTEGER 20 requests of HTTP (own choice: people mistype a few times)
-- kind: detector
-- class: bruteforce
-- subclass: login
-- techniques: T1110
-- severity: high

WITH sessions AS (
  SELECT *, CASE WHEN service IN ('ssh', 'rdp', 'ftp', 'telnet') THEN service WHEN dst_port = 22 THEN 'ssh' WHEN dst_port = 3389 THEN 'rdp' WHEN dst_port = 21 THEN 'ftp' WHEN dst_port = 23 THEN 'telnet' END AS login,
         bin_start(first_ts, 600000000) AS bin
  FROM exchanges WHERE ip_proto = 6 AND outcome = 'used' AND rev_payload_bytes > 0
), short AS (
  SELECT * FROM sessions WHERE login IS NOT NULL AND fwd_payload_bytes <= $max_bytes AND seconds <= $max_seconds
    AND fwd_payload_bytes >= CASE login WHEN 'ssh' THEN 500 WHEN 'rdp' THEN 200 ELSE 10 END AND fwd_payload_packets >= 2
), alike AS (
  SELECT src_ip, dst_ip, dst_port, bin, login, median(fwd_payload_bytes) AS middle, mad(fwd_payload_bytes) AS deviation, count(*) AS sessions
  FROM short GROUP BY src_ip, dst_ip, dst_port, bin, login HAVING count(*) >= $min_sessions AND mad(fwd_payload_bytes) <= $max_spread * median(fwd_payload_bytes)
), guessed AS (
  SELECT src_ip, dst_ip, dst_port, login, count(*) AS sessions, max(middle) AS middle, max(deviation) AS deviation, min(first_ts) AS start_ts, max(last_ts) AS end_ts,
         sum(packets) AS packets, sum(bytes) AS bytes
  FROM short JOIN alike USING (src_ip, dst_ip, dst_port, bin, login) GROUP BY src_ip, dst_ip, dst_port, login
), followed AS (
  SELECT guessed.*, (SELECT count(*) FROM sessions s WHERE s.src_ip = guessed.src_ip AND s.dst_ip = guessed.dst_ip AND s.dst_port = guessed.dst_port
           AND s.first_ts >= guessed.start_ts AND (s.fwd_payload_bytes > 2 * guessed.middle AND s.fwd_payload_bytes > $max_bytes OR s.seconds > $max_seconds)) AS longer
  FROM guessed
), refused AS (
  SELECT src_ip, dst_ip, dst_port, 'http' AS login, count(*) AS sessions, CAST(NULL AS DOUBLE) AS middle, CAST(NULL AS DOUBLE) AS deviation, min(ts) AS start_ts, max(ts) AS end_ts,
         count(*) * 2 AS packets, sum(coalesce(request_body, 0) + coalesce(response_body, 0)) AS bytes, 0 AS longer
  FROM (SELECT *, bin_start(ts, 600000000) AS bin FROM http WHERE status IN (401, 403) OR method = 'POST' AND regexp_matches(lower(uri), 'log-?in|sign-?in|auth|xmlrpc|session'))
  WHERE ts IS NOT NULL GROUP BY src_ip, dst_ip, dst_port HAVING count(*) >= $min_requests
), attacks AS (
  FROM followed UNION ALL FROM refused
)
SELECT CAST(NULL AS VARCHAR) AS class, login AS subclass, CASE WHEN longer > 0 THEN 'critical' END AS severity,
       src_ip, CAST(1 AS BIGINT) AS src_count, dst_ip, CAST(1 AS BIGINT) AS dst_count, dst_port, 6 AS ip_proto, start_ts, end_ts,
       CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, round(0.6 + 0.3 * (1 - 4 / greatest(sessions, 4)) + CASE WHEN longer > 0 THEN 0.1 ELSE 0 END, 2) AS score,
       src_ip || ' tried to log in to ' || dst_ip || ' port ' || dst_port || ' (' || login || ') ' || grouped(sessions) || ' times'
       || CASE WHEN longer > 0 THEN ', and then had ' || counted(longer, 'longer session') ELSE '' END || '.' AS finding,
       CAST(json_object('sessions', sessions, 'median_bytes', middle, 'deviation', deviation, 'longer_sessions', longer) AS VARCHAR) AS evidence
FROM attacks
ORDER BY packets DESC, src_ip, dst_ip, dst_port, login
