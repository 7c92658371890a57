CREATE SOURCE orders (id BIGINT NOT NULL, customer BIGINT, amount BIGINT NOT NULL);
CREATE SOURCE customers (id BIGINT NOT NULL, name TEXT, vip BOOLEAN);
SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON o.customer = c.id AND c.vip WHERE o.amount > 10;
SELECT name, amount FROM orders, customers c WHERE customer = c.id;
SELECT id FROM customers WHERE id IN (SELECT customer FROM orders WHERE amount > 5);
SELECT id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id);
SELECT id, (SELECT SUM(amount) FROM orders o WHERE o.customer = c.id) AS spent FROM customers c;
SELECT id FROM orders WHERE amount > (SELECT AVG(amount) FROM orders);
