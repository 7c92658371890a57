CREATE TABLE l (i integer, j integer);
CREATE TABLE r (i integer, k text);
CREATE TABLE s (i integer, j integer);
INSERT INTO l VALUES (1, 10), (2, 20), (3, 30), (3, 30), (NULL, 40);
INSERT INTO r VALUES (1, 'a'), (2, 'b'), (4, 'd'), (NULL, 'n');
INSERT INTO s VALUES (1, 1), (2, 1), (2, NULL), (5, 5);
DELETE FROM l WHERE i = 2;
INSERT INTO l VALUES (2, 21), (4, 40);
DELETE FROM s WHERE i = 1;
INSERT INTO s VALUES (4, 2), (3, 3);
INSERT INTO r VALUES (3, 'c');
-- queries
-- inner, a subquery without columns of either side
SELECT l.i, r.k FROM l JOIN r ON l.i = r.i AND l.i > (SELECT min(i) FROM s);
-- inner, a subquery of both sides
SELECT l.i, r.k FROM l JOIN r ON EXISTS (SELECT 1 FROM s WHERE s.i = l.i AND s.i >= r.i);
-- left, a subquery of the left side
SELECT l.i, r.i FROM l LEFT JOIN r ON l.i IN (SELECT s.i FROM s WHERE s.i = l.i);
-- left, a subquery of the right side
SELECT l.i, r.i FROM l LEFT JOIN r ON l.i = r.i AND r.i IN (SELECT s.i FROM s);
-- left, a subquery of both sides
SELECT l.i, l.j, r.k FROM l LEFT JOIN r ON EXISTS (SELECT 1 FROM s WHERE s.i = l.i AND s.j < r.i);
-- right
SELECT l.i, r.k FROM l RIGHT JOIN r ON l.i = r.i AND l.j > (SELECT 10 * max(s.j) FROM s WHERE s.i <= r.i);
-- full
SELECT l.i, l.j, r.k FROM l FULL JOIN r ON l.i = r.i AND NOT EXISTS (SELECT 1 FROM s WHERE s.i = l.i AND s.j IS NULL);
-- a value beside other conditions
SELECT l.i, r.k FROM l LEFT JOIN r ON l.i < r.i AND r.i - l.i = (SELECT count(*) FROM s WHERE s.i > l.i) - 1 OR r.k = 'n';
-- joined further
SELECT l.i, r.k, s.j FROM l LEFT JOIN r ON l.i = r.i AND r.i NOT IN (SELECT i FROM s WHERE j = 1) LEFT JOIN s ON s.i = r.i;
-- all columns of an enclosing relation
SELECT x.* FROM l, LATERAL (SELECT l.*, r.k FROM r WHERE r.i = l.i) x;
-- all columns of a relation two levels out
SELECT i, (SELECT max(y.j) FROM (SELECT l.*) y) FROM l;
-- a function of one value in FROM
SELECT l.i, v.abs FROM l, abs(l.i - 3) v(abs);
-- such a function by its name and with a number
SELECT upper.upper, n FROM upper('a') WITH ORDINALITY AS upper(upper, n);
-- a recursion that its own WITH reads
WITH RECURSIVE c(d) AS (SELECT 1 UNION ALL (WITH e(d) AS (SELECT * FROM c) SELECT d + 1 FROM e WHERE d < 4)) SELECT d FROM c;
