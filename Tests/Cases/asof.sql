CREATE TABLE trades (id integer PRIMARY KEY, symbol text, ts integer, qty integer);
CREATE TABLE prices (id integer PRIMARY KEY, symbol text, ts integer, price integer);
INSERT INTO trades VALUES (1, 'a', 10, 5), (2, 'a', 20, 6), (3, 'b', 15, 7), (4, 'c', 1, 8), (5, NULL, 5, 9);
INSERT INTO prices VALUES (10, 'a', 9, 100), (11, 'a', 20, 101), (12, 'b', 16, 102), (13, 'a', 20, 103), (14, 'd', 1, 104);
INSERT INTO trades VALUES (6, 'a', 20, 6), (7, 'b', NULL, 1), (8, 'a', 5, 2);
DELETE FROM prices WHERE id = 11;
INSERT INTO prices VALUES (15, 'a', 12, 105), (16, NULL, 3, 106), (9, 'a', 20, 107);
DELETE FROM trades WHERE id = 8;
-- queries
-- the last before or at
-- postgresql: SELECT t.id, p.price FROM trades t, LATERAL (SELECT * FROM prices p WHERE p.symbol = t.symbol AND t.ts >= p.ts ORDER BY p.ts DESC, p.id LIMIT 1) p
SELECT t.id, p.price FROM trades t ASOF JOIN prices p ON t.symbol = p.symbol AND t.ts >= p.ts;
-- the last strictly before, padded
-- postgresql: SELECT t.id, p.price FROM trades t LEFT JOIN LATERAL (SELECT * FROM prices p WHERE p.symbol = t.symbol AND t.ts > p.ts ORDER BY p.ts DESC, p.id LIMIT 1) p ON true
SELECT t.id, p.price FROM trades t ASOF LEFT JOIN prices p ON t.symbol = p.symbol AND t.ts > p.ts;
-- the first at or behind, sides the other way round
-- postgresql: SELECT t.id, p.price FROM trades t LEFT JOIN LATERAL (SELECT * FROM prices p WHERE p.symbol = t.symbol AND p.ts >= t.ts ORDER BY p.ts, p.id LIMIT 1) p ON true
SELECT t.id, p.price FROM trades t ASOF LEFT JOIN prices p ON t.symbol = p.symbol AND p.ts >= t.ts;
-- match condition
-- postgresql: SELECT t.id, p.price FROM trades t, LATERAL (SELECT * FROM prices p WHERE p.symbol = t.symbol AND t.ts >= p.ts ORDER BY p.ts DESC, p.id LIMIT 1) p
SELECT t.id, p.price FROM trades t ASOF JOIN prices p MATCH_CONDITION (t.ts >= p.ts) ON t.symbol = p.symbol;
-- null keys that are equal, and a further condition
-- postgresql: SELECT t.id, p.price FROM trades t, LATERAL (SELECT * FROM prices p WHERE p.symbol IS NOT DISTINCT FROM t.symbol AND t.ts >= p.ts AND p.price > 100 ORDER BY p.ts DESC, p.id LIMIT 1) p
SELECT t.id, p.price FROM trades t ASOF JOIN prices p ON t.symbol IS NOT DISTINCT FROM p.symbol AND t.ts >= p.ts AND p.price > 100;
-- without a key
-- postgresql: SELECT t.id, p.price FROM trades t, LATERAL (SELECT * FROM prices p WHERE t.ts >= p.ts ORDER BY p.ts DESC, p.id LIMIT 1) p
SELECT t.id, p.price FROM trades t ASOF JOIN prices p ON t.ts >= p.ts;
-- unmatched right rows
-- postgresql: WITH m AS (SELECT t.id, p.id AS pid, p.price FROM trades t, LATERAL (SELECT * FROM prices p WHERE p.symbol = t.symbol AND t.ts >= p.ts ORDER BY p.ts DESC, p.id LIMIT 1) p) SELECT id, price FROM m UNION ALL SELECT NULL, price FROM prices WHERE id NOT IN (SELECT pid FROM m)
SELECT t.id, p.price FROM trades t ASOF RIGHT JOIN prices p ON t.symbol = p.symbol AND t.ts >= p.ts;
-- a tolerance
-- postgresql: SELECT t.id, p.price FROM trades t, LATERAL (SELECT * FROM prices p WHERE p.symbol = t.symbol AND t.ts >= p.ts AND t.ts - p.ts <= 0 ORDER BY p.ts DESC, p.id LIMIT 1) p
SELECT t.id, p.price FROM trades t ASOF JOIN prices p MATCH_CONDITION (t.ts >= p.ts) ON t.symbol = p.symbol AND t.ts - p.ts <= 0;
