-- Times before and after 1970, with microseconds.
SELECT n, bin_start(t, 600000000) AS bin, bin_after(t, 60000000, 7) AS later, time_text(t) AS text, micros_between(t, TIMESTAMP '2000-01-01') AS between, time_order(t, 7) AS place,
       CAST(t AS VARCHAR) AS plain, date_trunc('minute', t) AS minute
FROM (SELECT n, make_timestamp(951914096789000 - n * 12345678901234) AS t FROM (SELECT unnest(range(0, 300)) AS n))
ORDER BY n
