CREATE TABLE t (id integer, a integer, b text, c double precision);
CREATE TABLE u (x integer, y text);
INSERT INTO t VALUES (1, 1, 'p', 1.5), (2, 1, NULL, 2.5), (3, NULL, 'q', NULL), (4, 2, 'p', 0), (5, NULL, NULL, NULL), (6, 2, 'q', 'NaN');
INSERT INTO u VALUES (1, 'p'), (2, NULL), (2, 'q');
-- queries
-- equal and not equal
SELECT id, (a, b) = (1, 'p') AS e, ROW(a, b) <> ROW(1, 'p') AS n, (a, b) != (2, 'q') AS m FROM t;
-- less and greater
SELECT id, (a, b) < (2, 'p') AS l, (a, b) <= (1, 'p') AS le, (a, b, c) > (1, 'p', 1) AS g, ROW(a, c) >= ROW(2, 0) AS ge FROM t;
-- in a list of rows
SELECT id, (a, b) IN ((1, 'p'), (2, 'q')) AS i, (a, b) NOT IN ((1, 'p'), (2, NULL)) AS n FROM t;
-- in a list of rows of other types
SELECT id FROM t WHERE (a, c) IN ((1, 1.5), (2, 0), (3, NULL));
-- null tests
SELECT id, (a, b) IS NULL AS n, (a, b) IS NOT NULL AS nn, ROW(a, b, c) IS NOT NULL AS all_there FROM t;
-- distinct
SELECT id, (a, b) IS DISTINCT FROM (NULL, 'q') AS d, ROW(a, b) IS NOT DISTINCT FROM ROW(NULL, NULL) AS n FROM t;
-- between
SELECT id, (a, b) BETWEEN (1, 'o') AND (2, 'p') AS b, (a, b) NOT BETWEEN SYMMETRIC (2, 'p') AND (1, 'o') AS n FROM t;
-- in a subquery
SELECT id FROM t WHERE (a, b) IN (SELECT x, y FROM u);
-- in a join
SELECT id, x, y FROM t JOIN u ON (t.a, t.b) = (u.x, u.y);
-- rows of unequal width
SELECT (a, b) = (1, 'p', 2) FROM t;
-- rows of unequal width in a list
SELECT (a, b) IN ((1, 'p'), (1, 'p', 2)) FROM t;
-- no such operator of the elements
SELECT (a, b) = (1, 2) FROM t WHERE id < 0;
-- rows have no other operators
SELECT (a, b) + (1, 2) FROM t;
