-- Nexmark q17: bids of a day and auction, by rank of price, and what they came to.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" TIMESTAMP NOT NULL,
    extra TEXT NOT NULL
);

SET 'state.ttl' = '0';
SELECT auction, to_char("dateTime", 'YYYY-MM-DD') AS day,
       COUNT(*) AS total_bids,
       COUNT(*) FILTER (WHERE price < 10000) AS rank1_bids,
       COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS rank2_bids,
       COUNT(*) FILTER (WHERE price >= 1000000) AS rank3_bids,
       MIN(price) AS min_price,
       MAX(price) AS max_price,
       SUM(price) / COUNT(*) AS avg_price,
       SUM(price) AS sum_price
FROM bid
GROUP BY auction, to_char("dateTime", 'YYYY-MM-DD');
