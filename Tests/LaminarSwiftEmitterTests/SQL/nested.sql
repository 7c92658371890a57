-- Arrays, rows and maps as columns, keys and results.
CREATE SOURCE orders (
    id       BIGINT NOT NULL,
    customer ROW(name TEXT, address STRUCT<city TEXT, zip INT>),
    items    ROW(product TEXT, price NUMERIC(8, 2), day DATE)[] NOT NULL,
    tags     TEXT[],
    counts   MAP<TEXT, BIGINT>,
    at       TIMESTAMP NOT NULL,
    WATERMARK FOR at AS at
);

CREATE STREAM heads AS
SELECT id, customer, (customer).address.city AS city, items[1] AS item, tags, counts['x'] AS x, ROW(id, at) AS stamp,
    MAP[coalesce((customer).name, '?'), items] AS by_name
FROM orders;

CREATE STREAM cities AS
SELECT (customer).address, COUNT(*) AS orders, MAX(items[1]) AS dearest, COUNT(DISTINCT counts) AS maps
FROM TUMBLE(orders, at, INTERVAL '10' SECOND) GROUP BY (customer).address, window_start, window_end;
