-- Queries whose rows need no columns on their way.
CREATE SOURCE bids (
    auction BIGINT NOT NULL,
    bidder  BIGINT,
    price   BIGINT NOT NULL,
    channel VARCHAR,
    note    BYTEA NOT NULL,
    unread  VARCHAR,
    at      TIMESTAMP NOT NULL,
    WATERMARK FOR at AS at - INTERVAL '4' SECOND
);

CREATE STREAM euros AS SELECT auction, price * 908 / 1000 AS price, note, at FROM bids;

-- A filter whose projection can fail and makes strings.
CREATE STREAM ratios AS
SELECT auction, bidder, 1000 / (price - 500) AS ratio, upper(channel) || '!' AS channel FROM bids WHERE auction % 2 = 0;

-- Windows over a filter that another query reads too.
CREATE STREAM dear AS SELECT auction, channel, price, bidder, at FROM bids WHERE price > 400;

CREATE STREAM dear_windows AS
SELECT channel, window_start, COUNT(*) AS bids, COUNT(bidder) AS bidders, SUM(price) AS total, MAX(channel) AS last
FROM TUMBLE(dear, at, INTERVAL '10' SECOND) GROUP BY channel, window_start;

CREATE STREAM all_windows AS
SELECT auction, window_end, COUNT(*) AS bids, SUM(bidder) AS bidders
FROM TUMBLE(bids, at, INTERVAL '10' SECOND) GROUP BY auction, window_start, window_end;
