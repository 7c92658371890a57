-- Nexmark q14: a filter over a decimal, the hour of a time, and how often a letter occurs.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" TIMESTAMP NOT NULL,
    extra TEXT NOT NULL
);

SELECT auction, bidder, CAST(0.908 AS DECIMAL(4, 3)) * price AS price,
       CASE
           WHEN EXTRACT(HOUR FROM "dateTime") BETWEEN 8 AND 18 THEN 'dayTime'
           WHEN EXTRACT(HOUR FROM "dateTime") <= 6 OR EXTRACT(HOUR FROM "dateTime") >= 20 THEN 'nightTime'
           ELSE 'otherTime'
       END AS "bidTimeType",
       "dateTime", extra, length(extra) - length(replace(extra, 'c', '')) AS c_counts
FROM bid
WHERE CAST(0.908 AS DECIMAL(4, 3)) * price > 1000000 AND CAST(0.908 AS DECIMAL(4, 3)) * price < 50000000;
