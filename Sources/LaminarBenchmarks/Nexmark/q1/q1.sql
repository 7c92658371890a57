-- Nexmark q1: prices in another currency.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" BIGINT NOT NULL,
    extra TEXT NOT NULL
);

SELECT auction, bidder, CAST(0.908 AS DECIMAL(4, 3)) * price AS price, "dateTime", extra FROM bid;
