-- title: What is usual
-- doc: The baseline of the period: known sources, pairs with the most that they uploaded on a day, services and their rates by hour of the week, merged over days. A day weighs
-- half as much for every half_life days that it lies before the last one; weight is the sum. Quantiles of rates are the weighted means of those of the days.
-- param: half_life DOUBLE 14 days after which a day weighs half (own choice)
-- param: top INTEGER 1000 rows shown

WITH aged AS (
  SELECT *, 0.5 ** (micros_between(day_ts, (SELECT max(day_ts) FROM baseline_days)) / 86400000000 / $half_life) AS w FROM baseline_days WHERE day_ts IS NOT NULL
), merged AS (
  SELECT kind, src_ip, dst_ip, dst_port, ip_proto, max(service) AS service, hour_of_week, count(DISTINCT day_ts) AS days, sum(w) AS weight, max(day_ts) AS last_day_ts,
         CAST(sum(count) AS BIGINT) AS count, max(bytes_sent) AS most_sent, max(bytes_received) AS most_received,
         sum(w * p50) / sum(w) AS p50, sum(w * p99) / sum(w) AS p99, sum(w * p999) / sum(w) AS p999, max(most) AS most
  FROM aged GROUP BY kind, src_ip, dst_ip, dst_port, ip_proto, hour_of_week
)
SELECT kind, src_ip, dst_ip, dst_port, ip_proto_name(ip_proto) AS proto, service, hour_of_week, days, round(weight, 3) AS weight, last_day_ts, count, most_sent, most_received,
       round(p50, 1) AS p50, round(p99, 1) AS p99, round(p999, 1) AS p999, most
FROM merged
ORDER BY kind, weight DESC, count DESC, src_ip, dst_ip, dst_port, proto, hour_of_week, service, most_sent, most_received, p50, p99, p999, most, days, last_day_ts
LIMIT $top
