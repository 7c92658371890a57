-- The same over payments that are taken back.
CREATE SOURCE payment (account BIGINT NOT NULL, amount BIGINT NOT NULL) WITH (changelog = 'full');

SET 'state.ttl' = '0';
SELECT account, COUNT(*) AS payments, SUM(amount) AS total FROM payment GROUP BY account;
