-- Nexmark q4: the average of the prices that won, by category.
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
SELECT category, CAST(floor(SUM(final) / COUNT(*)) AS BIGINT) AS average
FROM (SELECT MAX(b.price) AS final, a.category
      FROM auction AS a JOIN bid AS b ON a.id = b.auction
      WHERE b."dateTime" BETWEEN a."dateTime" AND a.expires
      GROUP BY a.id, a.category) AS q
GROUP BY category;
