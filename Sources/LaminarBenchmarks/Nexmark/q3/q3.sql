-- Nexmark q3: who sells in some states, in one category.
CREATE SOURCE person (
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    "emailAddress" TEXT NOT NULL,
    "creditCard" TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
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
SELECT p.name, p.city, p.state, a.id
FROM auction AS a JOIN person AS p ON a.seller = p.id
WHERE a.category = 10 AND (p.state = 'OR' OR p.state = 'ID' OR p.state = 'CA');
