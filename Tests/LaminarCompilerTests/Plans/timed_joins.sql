-- Joins that event times bound, in the spellings of their bounds; what stays of their rows, and what is no such join.
CREATE SOURCE orders (id BIGINT, at TIMESTAMP, amount BIGINT, WATERMARK FOR at AS at - INTERVAL '5' SECOND);
CREATE SOURCE payments (id BIGINT, at TIMESTAMP, paid BIGINT, WATERMARK FOR at AS at - INTERVAL '5' SECOND);
CREATE SOURCE clicks (id BIGINT, at BIGINT, WATERMARK FOR at AS at - INTERVAL '5' SECOND);

CREATE STREAM between_them AS
SELECT o.id, o.at, p.paid FROM orders o LEFT JOIN payments p
ON o.id = p.id AND p.at BETWEEN o.at - INTERVAL '10' SECOND AND o.at + INTERVAL '1' MINUTE AND p.paid >= o.amount;

-- The same bounds as inequalities of either side, in WHERE.
CREATE STREAM in_where AS
SELECT o.id, o.at, p.paid FROM orders o, payments p
WHERE o.id = p.id AND o.at <= p.at + INTERVAL '10' SECOND AND p.at - INTERVAL '1' MINUTE <= o.at;

CREATE STREAM by_difference AS
SELECT o.id, p.paid FROM orders o JOIN payments p
ON p.at - o.at < INTERVAL '1' MINUTE AND INTERVAL '10' SECOND > o.at - p.at WHERE o.id = p.id;

-- One bound: the payments stay for ever.
CREATE STREAM one_sided AS
SELECT o.at FROM orders o SEMI JOIN payments p ON o.id = p.id AND p.at <= o.at;

CREATE STREAM at_once AS SELECT o.at FROM orders o JOIN clicks c ON o.id = c.id AND c.at = 5;

CREATE STREAM milliseconds AS
SELECT a.id, a.at FROM clicks a JOIN clicks b ON a.id = b.id AND b.at BETWEEN a.at - 500 AND a.at + INTERVAL '2' SECOND;

-- Equal windows; grouped again by the window.
CREATE STREAM windows AS
SELECT l.window_end, COUNT(*) AS pairs
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(at), INTERVAL '10' SECOND)) l
JOIN TABLE(TUMBLE(TABLE payments, DESCRIPTOR(at), INTERVAL '10' SECOND)) r
ON l.id = r.id AND l.window_start = r.window_start AND l.window_end = r.window_end
GROUP BY l.window_start, l.window_end;
