CREATE TABLE customers (id bigint, name text, region text);
CREATE TABLE orders (id bigint, customer bigint, amount integer, placed date);
CREATE TABLE refunds (order_id bigint, amount integer);
INSERT INTO customers VALUES (1, 'Ada', 'north'), (2, 'Bo', 'south'), (3, 'Cy', 'north');
INSERT INTO orders VALUES (10, 1, 50, '2024-01-05'), (11, 1, 70, '2024-01-09'), (12, 2, 20, '2024-02-01'), (13, NULL, 5, NULL);
INSERT INTO refunds VALUES (10, 50), (12, 5), (NULL, 1);
INSERT INTO customers VALUES (4, 'Di', NULL), (NULL, 'Ghost', 'south');
INSERT INTO orders VALUES (14, 3, 70, '2024-02-03'), (15, 9, 1, '2024-03-01'), (16, 2, 90, '2024-03-02');
DELETE FROM orders WHERE id = 11;
DELETE FROM refunds WHERE order_id = 12;
INSERT INTO refunds VALUES (16, 90), (14, 7);
-- queries
-- a condition that is no equality
SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM orders p WHERE p.amount > o.amount AND p.customer = o.customer);
-- two levels, the inner one reading both
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id AND o.id IN (SELECT r.order_id FROM refunds r WHERE r.amount < o.amount + c.id));
-- reading past a level
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = o.id AND o.customer = c.id AND r.amount >= c.id * 10));
-- not in with nulls on the inside
SELECT id FROM orders WHERE id NOT IN (SELECT order_id FROM refunds);
-- not in without nulls
SELECT id FROM orders WHERE id NOT IN (SELECT order_id FROM refunds WHERE order_id IS NOT NULL);
-- not in of nothing, operand null
SELECT id FROM orders WHERE customer NOT IN (SELECT order_id FROM refunds WHERE amount > 1000);
-- rows in rows
SELECT id FROM orders WHERE (id, amount) IN (SELECT order_id, amount FROM refunds);
-- not in of rows
SELECT id FROM orders WHERE (id, amount) NOT IN (SELECT order_id, amount FROM refunds WHERE order_id > 0);
-- exists as a value
SELECT id, EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id) FROM customers c;
-- in as a value, three-valued
SELECT id, id IN (SELECT customer FROM orders), id NOT IN (SELECT order_id FROM refunds) FROM customers;
-- in of an empty set as a value
SELECT id, id IN (SELECT customer FROM orders WHERE amount > 1000) FROM customers;
-- any and all as values
SELECT id, amount > ALL (SELECT amount FROM refunds), amount <= ANY (SELECT amount FROM refunds) FROM orders;
-- correlated all
SELECT id FROM orders o WHERE amount >= ALL (SELECT amount FROM orders p WHERE p.customer = o.customer);
-- exists in or
SELECT id FROM orders o WHERE amount < 10 OR EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = o.id);
-- a correlated count is zero of no rows
SELECT name, (SELECT count(*) FROM orders o WHERE o.customer = c.id) FROM customers c;
-- an expression of a correlated aggregate
SELECT name, (SELECT coalesce(max(amount), -1) + count(*) FROM orders o WHERE o.customer = c.id) FROM customers c;
-- an aggregate with a condition that is no equality
SELECT id, (SELECT sum(amount) FROM orders p WHERE p.placed <= o.placed) AS running FROM orders o;
-- having inside
SELECT name, (SELECT sum(amount) FROM orders o WHERE o.customer = c.id HAVING count(*) > 1) FROM customers c;
-- group by inside
SELECT name FROM customers c WHERE 1 = ANY (SELECT count(*) FROM orders o WHERE o.customer = c.id GROUP BY amount);
-- the first row of an order
SELECT name, (SELECT o.id FROM orders o WHERE o.customer = c.id ORDER BY amount DESC, o.id LIMIT 1) FROM customers c;
-- the second row of an order
SELECT name, (SELECT o.amount FROM orders o WHERE o.customer = c.id ORDER BY amount DESC, o.id OFFSET 1 LIMIT 1) FROM customers c;
-- a window function inside
SELECT id, (SELECT max(n) FROM (SELECT row_number() OVER (ORDER BY p.id) AS n FROM orders p WHERE p.customer = o.customer) ranked) FROM orders o;
-- a union inside
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id AND o.amount > 60 UNION ALL SELECT 1 FROM refunds r WHERE r.amount = c.id * 7);
-- an except inside
SELECT name FROM customers c WHERE EXISTS (SELECT o.id FROM orders o WHERE o.customer = c.id EXCEPT SELECT order_id FROM refunds);
-- distinct inside
SELECT name, (SELECT count(*) FROM (SELECT DISTINCT amount FROM orders o WHERE o.customer = c.id OR o.customer IS NULL) d) FROM customers c;
-- an outer join inside, its condition reading outside
SELECT name, (SELECT count(r.amount) FROM orders o LEFT JOIN refunds r ON r.order_id = o.id AND r.amount > c.id * 5 WHERE o.customer = c.id) FROM customers c;
-- a full join inside
SELECT name, (SELECT count(*) FROM (SELECT * FROM orders o WHERE o.customer = c.id) o FULL JOIN (SELECT * FROM refunds r WHERE r.amount > c.id) r ON r.order_id = o.id) FROM customers c;
-- a join of two that read outside
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM (SELECT * FROM orders WHERE customer = c.id) o JOIN (SELECT * FROM refunds WHERE amount > c.id) r ON r.order_id = o.id);
-- no from
SELECT id, (SELECT o.amount * 2) FROM orders o;
-- values inside
SELECT id, (SELECT max(v) FROM (VALUES (o.amount), (o.id), (33)) t(v)) FROM orders o;
-- comparison of different types
SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM refunds r WHERE r.amount = o.id - 9);
-- in a join's where, with a value of the outer row on both sides
SELECT c.name, o.id FROM customers c JOIN orders o ON o.customer = c.id WHERE o.amount = (SELECT max(p.amount) FROM orders p WHERE p.customer = c.id);
-- below a group
SELECT region, sum(n) FROM (SELECT region, (SELECT count(*) FROM orders o WHERE o.customer = c.id) AS n FROM customers c) t GROUP BY region;
-- over groups
SELECT customer, sum(amount), (SELECT name FROM customers c WHERE c.id = o.customer) FROM orders o GROUP BY customer;
-- in having
SELECT customer, count(*) FROM orders o GROUP BY customer HAVING sum(amount) > (SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.order_id - 10 = o.customer);
-- nested as values
SELECT (SELECT (SELECT max(id) FROM orders) + 1);
-- in case and coalesce
SELECT id, CASE WHEN amount > (SELECT avg(amount) FROM orders) THEN 'high' ELSE coalesce((SELECT name FROM customers c WHERE c.id = o.customer), '?') END FROM orders o;
-- array of a query
SELECT name, ARRAY(SELECT o.id FROM orders o WHERE o.customer = c.id ORDER BY o.amount DESC, o.id) FROM customers c;
-- array of an uncorrelated query
SELECT ARRAY(SELECT amount FROM orders WHERE amount > 1000), ARRAY(SELECT id FROM customers ORDER BY id DESC NULLS LAST);
-- several rows as one value
SELECT (SELECT id FROM orders WHERE amount = 70 OR amount = 90);
-- several columns as one value
SELECT (SELECT id, amount FROM orders LIMIT 1);
-- a name of nobody
SELECT 1 FROM orders o WHERE EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = q.id);
-- lateral
SELECT c.name, t.id, t.amount FROM customers c, LATERAL (SELECT o.id, o.amount FROM orders o WHERE o.customer = c.id ORDER BY o.amount DESC, o.id LIMIT 1) t;
-- left lateral
SELECT c.name, t.total, t.n FROM customers c LEFT JOIN LATERAL (SELECT sum(o.amount) AS total, 1 AS n FROM orders o WHERE o.customer = c.id GROUP BY o.customer) t ON true;
-- lateral with a condition
SELECT c.name, t.total FROM customers c LEFT JOIN LATERAL (SELECT sum(o.amount) AS total FROM orders o WHERE o.customer = c.id) t ON t.total > 60;
-- lateral behind lateral
SELECT c.name, m.high, o.id FROM customers c, LATERAL (SELECT max(amount) AS high FROM orders o WHERE o.customer = c.id) m, LATERAL (SELECT id FROM orders o WHERE o.customer = c.id AND o.amount = m.high) o;
-- lateral reading two tables
SELECT o.id, r.amount, x.rest FROM orders o JOIN refunds r ON r.order_id = o.id LEFT JOIN LATERAL (SELECT o.amount - r.amount AS rest) x ON true;
-- a count of another table beside columns that go through
SELECT c.id, (SELECT count(r.amount) FROM refunds r WHERE r.amount = CAST(7 AS integer)) FROM customers c;
-- the first row in order of arrival, where rows wait for the subquery
SELECT DISTINCT ON (most) id, most FROM (SELECT id, (SELECT amount FROM refunds WHERE order_id = 10 LIMIT 1) AS most FROM orders) o ORDER BY most;
