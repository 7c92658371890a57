-- The second version of a pipeline, which goes on with the state of the first; see MigrationParityTests.
CREATE SOURCE orders (
    note TEXT, id BIGINT NOT NULL, shop TEXT, amount BIGINT, ts TIMESTAMP NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '5 seconds'
);
CREATE SOURCE payments (order_id BIGINT NOT NULL, paid BIGINT, at TIMESTAMP NOT NULL, WATERMARK FOR at AS at);
CREATE TABLE shops (city TEXT, name TEXT PRIMARY KEY, rating BIGINT);

CREATE STREAM totals AS
SELECT MAX(amount) AS most, shop, COUNT(DISTINCT id) AS orders, STRING_AGG(shop, ',') AS names, SUM(amount) AS amount
FROM orders GROUP BY shop;

CREATE STREAM located AS
SELECT o.note, o.id, s.city, s.rating FROM orders AS o JOIN shops AS s ON o.shop = s.name;

CREATE STREAM settled AS
SELECT o.id, o.amount, p.paid FROM orders AS o
LEFT JOIN payments AS p ON p.order_id = o.id AND p.at BETWEEN o.ts AND o.ts + INTERVAL '1 minute';

CREATE STREAM ranked AS
SELECT note, id, shop, ROW_NUMBER() OVER (PARTITION BY shop ORDER BY id DESC) AS place FROM orders;

CREATE STREAM running AS
SELECT note, shop, COUNT(*) OVER (PARTITION BY shop ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS orders
FROM orders;

CREATE STREAM minutes AS
SELECT COUNT(*) AS orders, SUM(amount) AS amount, shop, window_start
FROM TUMBLE(orders, ts, INTERVAL '1 minute') GROUP BY window_start, shop;
