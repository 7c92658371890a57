-- Nexmark q1 over integers: prices in another currency.
CREATE SOURCE bids (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    ts TIMESTAMP NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '4' SECOND
);

CREATE STREAM euros AS SELECT auction, bidder, price * 908 / 1000 AS price, ts FROM bids;
