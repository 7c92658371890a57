CREATE TABLE t (g integer, i interval);
INSERT INTO t VALUES (1, '1 day'), (1, '36 hours'), (1, '1 month 3 days'), (2, '-5 minutes'), (2, NULL), (3, NULL);
INSERT INTO t VALUES (1, '2 years -1 day 00:00:00.000003'), (2, '1 year'), (4, '1 second');
DELETE FROM t WHERE g = 4;
DELETE FROM t WHERE i = '36 hours';
-- queries
-- sums
SELECT g, sum(i) FROM t GROUP BY g;
-- averages
SELECT g, avg(i) FROM t GROUP BY g;
-- of all rows, of distinct values, of some
SELECT sum(i), avg(i), avg(DISTINCT i), sum(i) FILTER (WHERE g = 2) FROM t;
-- of no rows
SELECT sum(i), avg(i) FROM t WHERE g > 9;
-- over a window
SELECT g, i, sum(i) OVER (PARTITION BY g ORDER BY i NULLS LAST), avg(i) OVER (PARTITION BY g) FROM t;
-- out of range
SELECT sum(i * 100000000) FROM t WHERE g = 1;
