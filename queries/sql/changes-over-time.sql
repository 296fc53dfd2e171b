-- title: Changes over time
-- doc: What each bin of the period stands out by. robust_z: (packets - median) / (1.4826 MAD), of all bins, or from two weeks of bins on of those of the same minute of
-- the week; ewma: exponentially weighted mean of packets; entropies of sources, targets and target ports in bits: many spoofed sources raise that of sources, one that
-- sends most lowers it, a scan raises that of ports; cusum_up and cusum_down: Page's cumulated sums of z beyond the slack, and a change point where one passes the
-- limit for the first time. It ranks what is worth looking at and accuses nobody. Bins without packets have no row.
-- param: width_seconds INTEGER 10 seconds in a bin, at least; wider where there would be more than 2,000
-- param: alpha DOUBLE 0.2 weight of the newest bin in ewma
-- param: slack DOUBLE 0.5 of CUSUM, in deviations (Page 1954: half the shift that is looked for)
-- param: limit DOUBLE 5 of CUSUM, in deviations (Montgomery: 4 or 5)

WITH span AS (
  SELECT greatest(round_width(CAST(micros_between(min(ts), max(ts)) / 2000 AS BIGINT)), CAST($width_seconds AS BIGINT) * 1000000) AS width FROM packets WHERE ts IS NOT NULL
), binned AS (
  SELECT bin_start(ts, width) AS bin, src_ip, dst_ip, dst_port, count(*) AS n, sum(wire_len) AS bytes FROM packets, span WHERE ts IS NOT NULL GROUP BY bin, src_ip, dst_ip, dst_port
), series AS (
  SELECT bin, sum(n) AS packets, sum(bytes) AS bytes FROM binned WHERE bin IS NOT NULL GROUP BY bin
), counts AS (
  SELECT bin, 'source' AS what, src_ip AS value, sum(n) AS n FROM binned GROUP BY bin, src_ip
  UNION ALL SELECT bin, 'target', dst_ip, sum(n) FROM binned GROUP BY bin, dst_ip
  UNION ALL SELECT bin, 'port', CAST(dst_port AS VARCHAR), sum(n) FROM binned GROUP BY bin, dst_port
), shares AS (
  SELECT bin, what, n / sum(n) OVER (PARTITION BY bin, what) AS p FROM counts WHERE value IS NOT NULL
), entropies AS (
  SELECT bin, sum(-p * log2(p)) FILTER (what = 'source') AS source_bits, sum(-p * log2(p)) FILTER (what = 'target') AS target_bits, sum(-p * log2(p)) FILTER (what = 'port') AS port_bits
  FROM shares GROUP BY bin
), seasons AS ( -- 0 unless there are two weeks
  SELECT *, CASE WHEN (SELECT micros_between(min(bin), max(bin)) FROM series) >= 1209600000000
                 THEN micros_between(TIMESTAMP '1970-01-05', bin) % 604800000000 // 60000000 ELSE 0 END AS season FROM series
), usual AS (
  SELECT season, median(packets) AS middle, mad(packets) AS deviation FROM seasons GROUP BY season
), scored AS (
  SELECT bin, packets, bytes, middle, (packets - middle) / greatest(1.4826 * deviation, 0.05 * middle, 1) AS z FROM seasons JOIN usual USING (season)
), walked AS (
  SELECT *, list(CAST(packets AS DOUBLE)) OVER (ORDER BY bin) AS before,
         sum(z - $slack) OVER (ORDER BY bin) AS up, sum(-z - $slack) OVER (ORDER BY bin) AS down FROM scored
), summed AS (
  SELECT *, list_reduce(before, lambda a, x: $alpha * x + (1 - $alpha) * a) AS ewma,
         up - least(0, min(up) OVER (ORDER BY bin)) AS cusum_up, down - least(0, min(down) OVER (ORDER BY bin)) AS cusum_down FROM walked
)
SELECT bin, CAST(packets AS BIGINT) AS packets, CAST(bytes AS BIGINT) AS bytes, middle AS median, round(z, 2) AS robust_z, round(ewma, 1) AS ewma,
       round(source_bits, 2) AS source_bits, round(target_bits, 2) AS target_bits, round(port_bits, 2) AS port_bits, round(cusum_up, 2) AS cusum_up, round(cusum_down, 2) AS cusum_down,
       CASE WHEN cusum_up > $limit AND coalesce(lag(cusum_up) OVER (ORDER BY bin), 0) <= $limit THEN 'up'
            WHEN cusum_down > $limit AND coalesce(lag(cusum_down) OVER (ORDER BY bin), 0) <= $limit THEN 'down' END AS change
FROM summed LEFT JOIN entropies USING (bin)
ORDER BY bin
