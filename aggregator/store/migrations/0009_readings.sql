-- What clustering read of an article, so that a start does not read 100,000 texts again: a cache. "made_of" names the
-- reader and what was read; where either is another now, the reading counts as missing. Who deletes one loses time.
CREATE TABLE readings (
  article_n INTEGER PRIMARY KEY REFERENCES articles (n) ON DELETE CASCADE,
  made_of TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  reading BLOB NOT NULL
);
CREATE INDEX readings_old ON readings (made_at);
