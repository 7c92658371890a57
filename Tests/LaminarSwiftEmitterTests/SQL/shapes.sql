-- Every shape of a pipeline, for the tests.
CREATE SOURCE bids (
    auction BIGINT NOT NULL,
    bidder  BIGINT,
    price   BIGINT,
    channel VARCHAR,
    at      TIMESTAMP NOT NULL,
    WATERMARK FOR at AS at - INTERVAL '4' SECOND
);

-- A filter; one of its columns makes strings, so the filter comes first.
CREATE STREAM cheap AS
SELECT auction, price, upper(channel) AS channel, at FROM bids WHERE price < 100;

-- A projection that passes a column on and can fail.
CREATE STREAM ratios AS
SELECT auction, 1000 / price AS ratio FROM bids;

CREATE STREAM auctions AS
SELECT auction, at FROM cheap UNION ALL SELECT auction, at FROM bids WHERE auction % 2 = 0;

-- An updating result with a key of two columns, side tables for DISTINCT, and HAVING.
CREATE STREAM totals AS
SELECT channel, auction, COUNT(*) AS bids, SUM(price) FILTER (WHERE price > 10) AS total,
       COUNT(DISTINCT bidder) AS bidders, MAX(channel) AS "default"
FROM bids
GROUP BY channel, auction
HAVING COUNT(*) > 1;

-- Windows behind a union of filters: watermarks travel with the rows that are left.
CREATE STREAM auction_windows AS
SELECT window_end, COUNT(*) AS bids, CASE WHEN COUNT(*) > 1 THEN 'many' ELSE 'few' END AS size
FROM TUMBLE(auctions, at, INTERVAL '10 seconds')
GROUP BY window_start, window_end;

-- One row from the start.
CREATE STREAM everything AS
SELECT COUNT(*) AS "self" FROM bids;

VALUES (1, 'one'), (2, NULL);
