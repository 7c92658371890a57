-- Nexmark q8: people who sell in the ten seconds in which they came.
CREATE SOURCE person (
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    "emailAddress" TEXT NOT NULL,
    "creditCard" TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    "dateTime" TIMESTAMP NOT NULL,
    extra TEXT NOT NULL,
    WATERMARK FOR "dateTime"
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
    extra TEXT NOT NULL,
    WATERMARK FOR "dateTime"
);

SELECT p.id, p.name, p.window_start
FROM (SELECT id, name, window_start, window_end FROM TUMBLE(person, "dateTime", INTERVAL '10' SECOND)
      GROUP BY id, name, window_start, window_end) AS p
JOIN (SELECT seller, window_start, window_end FROM TUMBLE(auction, "dateTime", INTERVAL '10' SECOND)
      GROUP BY seller, window_start, window_end) AS a
ON p.id = a.seller AND p.window_start = a.window_start AND p.window_end = a.window_end;
