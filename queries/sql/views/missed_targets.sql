-- Addresses, as numbers, that attempts failed at more than once, and at how many: where floods are looked for. missed counts attempts without use, failed those that did not even open.
SELECT dst_key, count(*) AS missed, count(*) FILTER (marks & 128 <> 0) AS failed
FROM attempts WHERE marks & 33 = 0 AND marks < 1024 GROUP BY dst_key HAVING count(*) > 1
