-- Nexmark q0: every bid as it is.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" BIGINT NOT NULL,
    extra TEXT NOT NULL
);

SELECT auction, bidder, price, "dateTime", extra FROM bid;
