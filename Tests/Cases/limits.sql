CREATE TABLE t (id integer, price integer);
CREATE TABLE settings (name text, value bigint);
INSERT INTO t VALUES (1, 30), (2, 10), (3, 20), (4, 40), (5, NULL), (6, 10);
INSERT INTO settings VALUES ('limit', 2), ('offset', 1), ('negative', -1), ('none', NULL), ('gone', 9);
DELETE FROM settings WHERE value = 9;
-- queries
-- a limit that a table holds
SELECT id FROM t ORDER BY price, id LIMIT (SELECT value FROM settings WHERE name = 'limit');
-- with an offset
SELECT id FROM t ORDER BY price DESC, id LIMIT (SELECT value FROM settings WHERE name = 'limit') OFFSET (SELECT value FROM settings WHERE name = 'offset');
-- an offset alone
SELECT id FROM t ORDER BY id OFFSET (SELECT count(*) / 2 FROM settings);
-- NULL is no limit
SELECT id FROM t ORDER BY id LIMIT (SELECT value FROM settings WHERE name = 'none');
-- no row is no limit
SELECT id FROM t ORDER BY id LIMIT (SELECT value FROM settings WHERE name = 'missing') OFFSET 4;
-- inside a subquery
SELECT sum(price) AS total FROM (SELECT price FROM t ORDER BY id LIMIT (SELECT value + 1 FROM settings WHERE name = 'limit')) s;
-- an order by what is not selected
SELECT id FROM t ORDER BY price * 2, id LIMIT (SELECT value FROM settings WHERE name = 'limit');
-- over groups
SELECT price, count(*) AS n FROM t GROUP BY price ORDER BY count(*) DESC, price LIMIT (SELECT value FROM settings WHERE name = 'limit');
-- a limit below zero
SELECT id FROM t LIMIT (SELECT value FROM settings WHERE name = 'negative');
-- an offset below zero
SELECT id FROM t OFFSET (SELECT value FROM settings WHERE name = 'negative');
-- a constant below zero
SELECT id FROM t LIMIT (SELECT -1);
