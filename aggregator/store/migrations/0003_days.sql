-- The polls of a source and day, added up: what pages show of 30 days is 30 rows a source, not 1,440 polls. Kept in the
-- transaction that notes a poll; whoever deletes polls deletes whole days, here too. "micros" are all fetches together.
CREATE TABLE poll_days (
  day INTEGER NOT NULL,
  source_url TEXT NOT NULL REFERENCES sources (url),
  n_polls INTEGER NOT NULL,
  n_failed INTEGER NOT NULL,
  n_fruitful INTEGER NOT NULL,
  n_new INTEGER NOT NULL,
  n_modified INTEGER NOT NULL,
  micros INTEGER NOT NULL,
  longest REAL NOT NULL,
  PRIMARY KEY (day, source_url)
) WITHOUT ROWID;
INSERT INTO poll_days
SELECT polled_at - polled_at % 86400000000, source_url, count(*), sum(outcome = 'failed'), sum(outcome = 'new'),
  sum(n_new), sum(n_modified), sum(CAST(seconds * 1000000 + 0.5 AS INTEGER)), max(seconds)
FROM polls GROUP BY 1, 2;

-- What was written on a day, for the archive.
CREATE INDEX revisions_written ON revisions (at, story_id, n);
