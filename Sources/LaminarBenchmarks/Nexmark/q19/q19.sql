-- Nexmark q19: the ten highest bids on each auction.
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
SELECT auction, bidder, price, channel, url, "dateTime", extra, rank
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rank FROM bid) AS ranked
WHERE rank <= 10;
