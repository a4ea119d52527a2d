-- Vectors of meaning by the hash of the text and model that they were made from: a cache, so that no text is encoded
-- twice. Who deletes one loses time, nothing else.
CREATE TABLE vectors (
  content TEXT PRIMARY KEY,
  vector BLOB NOT NULL,
  made_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX vectors_old ON vectors (made_at);

-- What a person said over the model: stories that no output shows, and the memberships that an override holds.
ALTER TABLE stories ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0;
CREATE INDEX stories_hidden ON stories (id) WHERE is_hidden = 1;
CREATE INDEX memberships_held ON memberships (article_id) WHERE rule = 'override';

-- Ids (JSON) of closed stories that this one takes up again.
ALTER TABLE stories ADD COLUMN earlier TEXT NOT NULL DEFAULT '[]';
