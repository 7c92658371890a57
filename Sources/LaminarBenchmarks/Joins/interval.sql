-- Orders with the trades of their key that are less than a second away.
CREATE SOURCE orders (
    id BIGINT NOT NULL,
    key BIGINT NOT NULL,
    price BIGINT NOT NULL,
    ts TIMESTAMP NOT NULL,
    WATERMARK FOR ts AS ts
);
CREATE SOURCE trades (
    id BIGINT NOT NULL,
    key BIGINT NOT NULL,
    price BIGINT NOT NULL,
    ts TIMESTAMP NOT NULL,
    WATERMARK FOR ts AS ts
);

SELECT o.id AS order_id, o.price AS order_price, t.id AS trade_id, t.price AS trade_price
FROM orders AS o JOIN trades AS t
ON o.key = t.key AND t.ts BETWEEN o.ts - INTERVAL '1' SECOND AND o.ts + INTERVAL '1' SECOND;
