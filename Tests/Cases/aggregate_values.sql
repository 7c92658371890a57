CREATE TABLE t (g integer, n integer, v text, at time, d numeric(8,2));
INSERT INTO t VALUES (1, 3, 'c', '01:30:00', 1.50), (1, 7, 'a', '23:59:59.5', 1.5), (1, NULL, 'z', NULL, 9), (1, 7, 'b', '00:00:00', 2);
INSERT INTO t VALUES (2, 5, NULL, '12:00:00', 0), (2, 4, 'x', '12:00:01', -1), (3, NULL, 'only', NULL, NULL);
INSERT INTO t VALUES (1, 9, 'gone', '02:00:00', 100), (4, 1, 'all gone', '03:00:00', 5);
DELETE FROM t WHERE v = 'gone';
DELETE FROM t WHERE g = 4;
-- queries
-- sum and mean of times
SELECT g, sum(at), avg(at) FROM t GROUP BY g;
-- of different times, of some
SELECT sum(DISTINCT at), avg(at) FILTER (WHERE n > 4) FROM t;
-- times over a window
SELECT g, at, sum(at) OVER (PARTITION BY g ORDER BY at NULLS LAST) FROM t;
-- arg_max and arg_min
-- postgresql: SELECT g, (array_agg(d ORDER BY v DESC) FILTER (WHERE v IS NOT NULL AND d IS NOT NULL))[1] AS arg_max, (array_agg(n ORDER BY v) FILTER (WHERE v IS NOT NULL AND n IS NOT NULL))[1] AS arg_min FROM t GROUP BY g
SELECT g, arg_max(d, v), arg_min(n, v) FROM t GROUP BY g;
-- max_by and min_by with a filter, of all rows
-- postgresql: SELECT (array_agg(v ORDER BY at DESC) FILTER (WHERE v IS NOT NULL AND at IS NOT NULL AND g = 1))[1] AS max_by, (array_agg(v ORDER BY d) FILTER (WHERE v IS NOT NULL AND d IS NOT NULL))[1] AS min_by FROM t
SELECT max_by(v, at) FILTER (WHERE g = 1), min_by(v, d) FROM t;
-- of no rows
-- postgresql: SELECT NULL::text AS max_by
SELECT max_by(v, n) FROM t WHERE g > 8;
