-- Orders with the last trade of their key, if it is less than a second old.
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
FROM orders AS o ASOF JOIN trades AS t
MATCH_CONDITION (o.ts >= t.ts AND o.ts - t.ts <= INTERVAL '1' SECOND)
ON o.key = t.key;
