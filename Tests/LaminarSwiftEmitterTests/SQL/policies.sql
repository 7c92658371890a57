-- Queries that can fail, each in a way of its own; see PolicyTests.
CREATE SOURCE readings (sensor TEXT, value BIGINT, note TEXT, at TIMESTAMP, WATERMARK FOR at AS at);
CREATE SOURCE prices (item TEXT NOT NULL, price BIGINT) WITH (changelog = 'full');

CREATE STREAM doubled AS SELECT sensor, value * 2 AS value FROM readings;

CREATE STREAM minutes AS
SELECT window_start, COUNT(*) AS readings FROM TUMBLE(readings, at, INTERVAL '1 minute') GROUP BY window_start;

CREATE STREAM totals AS SELECT sensor, SUM(value) AS total FROM readings GROUP BY sensor;

CREATE STREAM notes AS SELECT sensor, COUNT(*) AS readings, STRING_AGG(note, ',') AS notes FROM readings GROUP BY sensor;

CREATE STREAM cheapest AS SELECT item, MIN(price) AS price, COUNT(*) AS offers FROM prices GROUP BY item;

CREATE SOURCE offers (item TEXT, price BIGINT) WITH (changelog = 'full');
CREATE SOURCE stock (item TEXT, amount BIGINT) WITH (changelog = 'full');

CREATE STREAM in_stock AS
SELECT offers.item, price, amount FROM offers LEFT JOIN stock ON offers.item = stock.item;

CREATE STREAM ranked AS SELECT item, amount, RANK() OVER (PARTITION BY item ORDER BY amount) AS place FROM stock;
