-- State that a time to live bounds; see ExpiryTests.
CREATE SOURCE visits (page TEXT, visitor BIGINT, note TEXT);
CREATE SOURCE clicks (visitor BIGINT, target TEXT);
CREATE TABLE pages (page TEXT PRIMARY KEY, title TEXT);

SET 'state.ttl' = '16 minutes';

CREATE STREAM counts AS
SELECT page, COUNT(*) AS visits, COUNT(DISTINCT visitor) AS visitors, STRING_AGG(note, ',') AS notes
FROM visits GROUP BY page;

CREATE STREAM visitors AS SELECT DISTINCT visitor FROM visits;

CREATE STREAM followed AS
SELECT v.page, c.target FROM visits AS v LEFT JOIN clicks AS c ON c.visitor = v.visitor;

-- Rows of a table are there until they are taken back.
CREATE STREAM titled AS SELECT p.title, v.visitor FROM visits AS v JOIN pages AS p ON v.page = p.page;

SET state.ttl = DEFAULT;

CREATE STREAM totals AS SELECT page, COUNT(*) AS visits FROM visits GROUP BY page;
