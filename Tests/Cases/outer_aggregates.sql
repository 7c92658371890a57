CREATE TABLE t (i integer, g text);
CREATE TABLE u (i integer, v integer);
INSERT INTO t VALUES (1, 'a'), (2, 'a'), (3, 'b'), (NULL, 'b'), (4, NULL);
INSERT INTO u VALUES (1, 10), (2, 20), (2, 25), (9, 90);
DELETE FROM t WHERE i = 4;
INSERT INTO t VALUES (5, NULL), (2, 'b');
DELETE FROM u WHERE v = 25;
INSERT INTO u VALUES (3, NULL), (5, 50);
-- queries
-- an aggregate of the enclosing query's columns
SELECT g, (SELECT sum(t.i)) FROM t GROUP BY g;
-- beside columns of its own query
SELECT g, (SELECT sum(t.i) + min(u.v) FROM u) FROM t GROUP BY g;
-- without GROUP BY it makes the enclosing query one group
SELECT (SELECT max(t.i) + 1) FROM t;
-- in a condition of the subquery
SELECT g, (SELECT count(*) FROM u WHERE u.i > min(t.i)) FROM t GROUP BY g;
-- EXISTS over it
SELECT g, EXISTS (SELECT 1 FROM u WHERE u.i = max(t.i)) FROM t GROUP BY g;
-- two levels out
SELECT g, (SELECT (SELECT count(t.i) + max(u.i)) FROM u) FROM t GROUP BY g;
-- in HAVING
SELECT g FROM t GROUP BY g HAVING EXISTS (SELECT 1 FROM u WHERE u.v = 10 * sum(t.i) OR u.i = sum(t.i));
-- in the ordering
SELECT g FROM t GROUP BY g ORDER BY (SELECT sum(t.i)), g;
-- a subquery inside an aggregate
SELECT g, sum((SELECT max(u.v) FROM u WHERE u.i = t.i)) FROM t GROUP BY g;
-- a test inside an aggregate
SELECT count(*) FILTER (WHERE EXISTS (SELECT 1 FROM u WHERE u.i = t.i)), bool_and(t.i IN (SELECT i FROM u)) FROM t;
-- a subquery as a key
SELECT EXISTS (SELECT 1 FROM u WHERE u.i = t.i) AS known, count(*), sum(i) FROM t GROUP BY known;
-- a comparison with a subquery as a key
SELECT i >= ALL (SELECT i FROM u WHERE i < 4) AS k, count(*) FROM t GROUP BY k ORDER BY k;
-- a subquery in a window function
SELECT i, sum((SELECT count(*) FROM u WHERE u.i = t.i)) OVER (ORDER BY i NULLS LAST, g) FROM t WHERE g IS NOT NULL;
-- a subquery that partitions
SELECT i, g, count(*) OVER (PARTITION BY (SELECT min(u.v) FROM u WHERE u.i = t.i)) FROM t;
-- the same subquery twice
SELECT i, (SELECT max(v) FROM u WHERE u.i = t.i), (SELECT max(v) FROM u WHERE u.i = t.i) + 1 FROM t;
-- an aggregate of the enclosing query in its WHERE
SELECT g FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.i = max(t.i));
-- an aggregate inside one
SELECT sum((SELECT max(t.i))) FROM t;
-- an aggregate in FROM of its own query
SELECT * FROM t, LATERAL (SELECT max(t.i)) x;
-- one subquery compared with another
SELECT i, (SELECT max(v) FROM u WHERE u.i = t.i) >= ALL (SELECT v FROM u WHERE v < 40) FROM t;
-- one subquery among the rows of another
SELECT i, (SELECT min(v) FROM u WHERE u.i >= t.i) IN (SELECT v FROM u WHERE u.i > t.i) FROM t;
-- a subquery in VALUES
SELECT i, (SELECT max(x) FROM (VALUES ((SELECT t.i)), ((SELECT min(u.i) FROM u))) w(x)) FROM t;
-- a subquery in the arguments of a function in FROM
SELECT i, n FROM t, generate_series(1, (SELECT count(*) FROM u WHERE u.i = t.i)) n;
-- in those of a function of one value
SELECT i, f FROM t, abs((SELECT -max(v) FROM u WHERE u.i = t.i)) f;
-- a value of one row at most, beside rows of a NULL key
SELECT t.i, (SELECT w.g FROM (VALUES (1, 'x'), (NULL, 'y'), (NULL, 'z')) w(i, g) WHERE w.i = t.i) FROM t;
-- the same over rows of a table
SELECT i, (SELECT x.v + 1 FROM u x WHERE x.v = (SELECT max(v) FROM u WHERE u.i = t.i)) FROM t;
