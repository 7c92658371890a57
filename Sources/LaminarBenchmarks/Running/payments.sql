-- Payments and their sum by account, as they come.
CREATE SOURCE payment (account BIGINT NOT NULL, amount BIGINT NOT NULL);

SET 'state.ttl' = '0';
SELECT account, COUNT(*) AS payments, SUM(amount) AS total FROM payment GROUP BY account;
