CREATE TABLE t (a integer, b text);
CREATE TABLE u (a integer, b text);
INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four');
INSERT INTO u VALUES (2, 'two'), (3, 'three');
INSERT INTO t VALUES (5, 'five'), (6, 'six'), (7, NULL);
DELETE FROM t WHERE a = 2;
INSERT INTO u VALUES (7, 'seven');
DELETE FROM u WHERE a = 3;
-- queries
-- what precedes a row less what precedes the one before it
SELECT o.a, (SELECT i.b FROM t i WHERE i.a <= o.a EXCEPT SELECT j.b FROM t j WHERE j.a < o.a) AS own FROM t o;
-- as a condition
SELECT o.a FROM t o WHERE (SELECT i.b FROM t i WHERE i.a <= o.a EXCEPT SELECT j.b FROM t j WHERE j.a < o.a) = o.b;
-- in an expression
SELECT o.a, coalesce(upper((SELECT i.b FROM t i WHERE i.a >= o.a EXCEPT SELECT j.b FROM t j WHERE j.a > o.a)), 'none') FROM t o;
-- one row of all
SELECT (SELECT a FROM t EXCEPT SELECT a FROM t WHERE a <> 4) AS four;
-- by another aggregation of the same rows
SELECT o.a, (SELECT x.a FROM (SELECT i.a, count(*) AS n FROM t i JOIN t j ON i.a >= j.a GROUP BY i.a) AS x WHERE x.n = (SELECT count(*) FROM t k WHERE k.a <= o.a)) AS same FROM t o;
-- of two tables
SELECT u.a, (SELECT t.b FROM t WHERE t.a <= u.a EXCEPT SELECT t.b FROM t WHERE t.a < u.a) AS b FROM u;
-- two rows that stay
SELECT o.a, (SELECT i.b FROM t i WHERE i.a <= o.a) FROM t o;
