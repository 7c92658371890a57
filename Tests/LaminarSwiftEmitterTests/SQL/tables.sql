-- A table that is upserted by key, and one whose changes come whole.
CREATE TABLE accounts (id BIGINT PRIMARY KEY, owner TEXT COMMENT 'who may draw on it', balance BIGINT NOT NULL);
CREATE SOURCE prices (item TEXT NOT NULL, price BIGINT) WITH (changelog = 'full');
CREATE TABLE stock (item TEXT, shelf INTEGER, pieces BIGINT, PRIMARY KEY (item, shelf)) WITH (changelog = 'full');

CREATE STREAM owners AS SELECT owner, COUNT(*) AS accounts, SUM(balance) AS balance FROM accounts GROUP BY owner;
CREATE STREAM rich AS SELECT id, balance FROM accounts WHERE balance > 100;
CREATE STREAM highest AS SELECT MAX(price) AS price FROM prices;
CREATE STREAM pieces AS SELECT item, SUM(pieces) AS pieces FROM stock GROUP BY item;
