-- Nexmark q9: the bid that won each auction.
CREATE SOURCE auction (
    id BIGINT NOT NULL,
    "itemName" TEXT NOT NULL,
    description TEXT NOT NULL,
    "initialBid" BIGINT NOT NULL,
    reserve BIGINT NOT NULL,
    "dateTime" TIMESTAMP NOT NULL,
    expires TIMESTAMP NOT NULL,
    seller BIGINT NOT NULL,
    category BIGINT NOT NULL,
    extra TEXT NOT NULL
);
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
SELECT id, "itemName", description, "initialBid", reserve, "dateTime", expires, seller, category, extra,
    auction, bidder, price, bid_time, bid_extra
FROM (SELECT a.*, b.auction, b.bidder, b.price, b."dateTime" AS bid_time, b.extra AS bid_extra,
             ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b."dateTime" ASC) AS rank
      FROM auction AS a JOIN bid AS b ON a.id = b.auction
      WHERE b."dateTime" BETWEEN a."dateTime" AND a.expires) AS ranked
WHERE rank <= 1;
