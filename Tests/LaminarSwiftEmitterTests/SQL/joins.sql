CREATE SOURCE orders (id BIGINT NOT NULL, customer TEXT, item INTEGER, amount BIGINT NOT NULL);
CREATE SOURCE items (id INTEGER NOT NULL, name TEXT NOT NULL, price DECIMAL(10, 2));
CREATE TABLE customers (name TEXT, city TEXT, rating BIGINT, since INTERVAL) WITH (changelog = 'full');

-- Of two append-only inputs: nothing is taken back.
CREATE STREAM order_lines AS
SELECT o.id, i.name, i.price * o.amount AS total FROM orders AS o JOIN items AS i ON o.item = i.id WHERE o.amount > 2;

-- A condition beyond equal keys.
CREATE STREAM rated AS
SELECT o.id, c.city, c.rating FROM orders AS o LEFT JOIN customers AS c ON o.customer = c.name AND c.rating * 10 < o.amount;

CREATE STREAM all_customers AS SELECT o.id, c.name, c.since FROM orders AS o RIGHT JOIN customers AS c ON o.customer = c.name;

CREATE STREAM matched_or_not AS
SELECT o.id, o.amount, c.city, c.rating FROM orders AS o
FULL JOIN customers AS c ON o.customer = c.name AND o.amount % 7 > c.rating % 7;

CREATE STREAM known AS SELECT id FROM orders AS o WHERE EXISTS (SELECT 1 FROM customers AS c WHERE c.name = o.customer);

CREATE STREAM unknown AS
SELECT id, amount FROM orders AS o
WHERE NOT EXISTS (SELECT 1 FROM customers AS c WHERE c.name = o.customer AND c.rating > o.amount - 30);

-- Keys of two columns, where NULL meets NULL.
CREATE STREAM neighbours AS
SELECT a.name, b.name AS neighbour FROM customers AS a
JOIN customers AS b ON a.city IS NOT DISTINCT FROM b.city AND a.rating = b.rating AND a.name < b.name;

-- No key.
CREATE STREAM pairs AS SELECT c.name, i.id FROM customers AS c CROSS JOIN items AS i;

-- Over the result of a subquery that changes.
CREATE STREAM above_average AS SELECT id, amount FROM orders WHERE amount > (SELECT AVG(amount) FROM orders);

-- The customers as they are when an order comes: nothing is taken back.
CREATE STREAM rated_once AS
SELECT o.id, c.city, c.rating FROM orders AS o
LEFT JOIN customers FOR SYSTEM_TIME AS OF PROCTIME() AS c ON o.customer = c.name AND c.rating < o.amount;

-- And below an aggregation.
SELECT c.city, COUNT(*) AS orders, SUM(o.amount) AS amount, MAX(o.id) AS latest
FROM customers AS c JOIN orders AS o ON c.name = o.customer GROUP BY c.city;
