-- Subscriptions with WebSub hubs, each whole as JSON; a source that is renamed or removed leaves its own behind, so that
-- its hub can be told.
CREATE TABLE subscriptions (
  token TEXT PRIMARY KEY,
  source_url TEXT NOT NULL,
  subscription TEXT NOT NULL
) WITHOUT ROWID;
