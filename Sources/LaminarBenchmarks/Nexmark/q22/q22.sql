-- Nexmark q22: parts of the address.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" BIGINT NOT NULL,
    extra TEXT NOT NULL
);

SELECT auction, bidder, price, channel, split_part(url, '/', 4) AS dir1, split_part(url, '/', 5) AS dir2,
       split_part(url, '/', 6) AS dir3
FROM bid;
