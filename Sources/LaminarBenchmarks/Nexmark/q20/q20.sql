-- Nexmark q20: bids with their auction, in one category.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" TIMESTAMP NOT NULL,
    extra TEXT NOT NULL
);
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

SET 'state.ttl' = '0';
SELECT b.auction, b.bidder, b.price, b.channel, b.url, b."dateTime" AS bid_time, b.extra AS bid_extra,
    a."itemName", a.description, a."initialBid", a.reserve, a."dateTime", a.expires, a.seller, a.category, a.extra
FROM bid AS b JOIN auction AS a ON b.auction = a.id
WHERE a.category = 10;
