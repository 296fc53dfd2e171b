-- Aggregates that engines have otherwise, of numbers with NULLs among them.
SELECT g, median(v) AS median, mad(v) AS mad, quantile_cont(v, 0.25) AS low, quantile_disc(v, 0.95) AS high, quantile_disc(v, 0.5) AS middle, arg_max(t, v) AS largest, arg_min(t, v) AS least,
       list(DISTINCT v ORDER BY v) AS different, list(t ORDER BY v, n) FILTER (n < 20) AS texts, string_agg(DISTINCT t, ' ' ORDER BY t) AS joined, listed(list(DISTINCT v), 3) AS listed,
       bool_or(v > 90) AS any_large, bit_or(v) AS bits, sum(v) FILTER (n % 2 = 0) AS even, any_value(g) AS any, avg(v) AS mean, count(DISTINCT (g, t)) AS pairs
FROM (SELECT n, n % 5 AS g, CASE WHEN n % 11 = 3 THEN NULL ELSE (n * 7919) % 101 END AS v, CASE WHEN n % 13 = 4 THEN NULL ELSE 't' || n % 3 END AS t FROM (SELECT unnest(range(0, 400)) AS n))
WHERE v IS NOT NULL OR g < 4
GROUP BY g
ORDER BY g
