-- Nexmark q2: bids of some auctions.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" BIGINT NOT NULL,
    extra TEXT NOT NULL
);

SELECT auction, price FROM bid WHERE auction % 123 = 0;
