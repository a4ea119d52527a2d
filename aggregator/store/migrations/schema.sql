CREATE TABLE articles (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  source_url TEXT NOT NULL REFERENCES sources (url),
  publisher TEXT NOT NULL,
  source_name TEXT NOT NULL,
  guid TEXT NOT NULL,
  link TEXT NOT NULL,
  canonical_url TEXT NOT NULL,
  title TEXT NOT NULL,
  author TEXT NOT NULL,
  categories TEXT NOT NULL,
  tags TEXT NOT NULL,
  enclosures TEXT NOT NULL,
  image TEXT NOT NULL,
  lang TEXT NOT NULL,
  published_at INTEGER,
  updated_at INTEGER,
  first_seen_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  weight REAL NOT NULL,
  at INTEGER NOT NULL,
  is_placed INTEGER NOT NULL DEFAULT 0
, is_paywalled INTEGER NOT NULL DEFAULT 0, guid_url TEXT);

CREATE INDEX articles_address ON articles (canonical_url, source_url, published_at) WHERE canonical_url <> '';

CREATE INDEX articles_guid ON articles (source_url, guid, published_at) WHERE guid <> '';

CREATE INDEX articles_guid_url ON articles (source_url, guid_url) WHERE guid_url <> '';

CREATE INDEX articles_link ON articles (link) WHERE link <> canonical_url;

CREATE INDEX articles_live ON articles (at);

CREATE INDEX articles_nameless ON articles (source_url, published_at)
WHERE guid = '' AND canonical_url = '' AND title = '';

CREATE INDEX articles_of_source ON articles (source_url, at);

CREATE INDEX articles_recent ON articles (first_seen_at, at, id);

CREATE INDEX articles_title ON articles (source_url, title, published_at) WHERE title <> '';

CREATE INDEX articles_unnoted ON articles (source_url) WHERE guid_url IS NULL;

CREATE INDEX articles_unplaced ON articles (at, id) WHERE is_placed = 0;

CREATE TABLE memberships (
  article_id TEXT PRIMARY KEY REFERENCES articles (id),
  story_id TEXT NOT NULL REFERENCES stories (id),
  copy_of TEXT NOT NULL,
  probability REAL NOT NULL,
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  model TEXT NOT NULL,
  joined_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX memberships_held ON memberships (article_id) WHERE rule = 'override';

CREATE INDEX memberships_of_story ON memberships (story_id);

CREATE TABLE migrations (
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
);

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

CREATE TABLE polls (
  polled_at INTEGER NOT NULL,
  source_url TEXT NOT NULL REFERENCES sources (url),
  outcome TEXT NOT NULL,
  n_new INTEGER NOT NULL,
  n_modified INTEGER NOT NULL,
  seconds REAL NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (polled_at, source_url)
) WITHOUT ROWID;

CREATE TABLE published (
  slug TEXT NOT NULL,
  story_id TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  headline TEXT NOT NULL,
  revision INTEGER NOT NULL, more TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (slug, story_id)
) WITHOUT ROWID;

CREATE INDEX published_shown ON published (slug, story_id) WHERE json_extract(more, '$.left_at') IS NULL;

CREATE INDEX published_updated ON published (slug, updated_at);

CREATE TABLE readings (
  article_n INTEGER PRIMARY KEY REFERENCES articles (n) ON DELETE CASCADE,
  made_of TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  reading BLOB NOT NULL
);

CREATE INDEX readings_old ON readings (made_at);

CREATE TABLE revisions (
  story_id TEXT NOT NULL REFERENCES stories (id),
  n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  newest_at INTEGER NOT NULL,
  tags TEXT NOT NULL,
  weight REAL NOT NULL,
  change TEXT NOT NULL,
  summary TEXT NOT NULL, related TEXT NOT NULL DEFAULT '[]',
  UNIQUE (story_id, n)
);

CREATE INDEX revisions_written ON revisions (at, story_id, n);

CREATE TABLE sources (
  url TEXT PRIMARY KEY,
  is_subscribed INTEGER NOT NULL DEFAULT 1,
  due_at INTEGER NOT NULL,
  polled_at INTEGER,
  claimed_by TEXT NOT NULL DEFAULT '',
  lease_until INTEGER NOT NULL DEFAULT 0,
  token INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL
);

CREATE INDEX sources_due ON sources (due_at, url, lease_until, polled_at) WHERE is_subscribed = 1;

CREATE TABLE stories (
  id TEXT PRIMARY KEY,
  minted_at INTEGER NOT NULL,
  merged_into TEXT REFERENCES stories (id),
  is_stale INTEGER NOT NULL DEFAULT 1,
  is_unrendered INTEGER NOT NULL DEFAULT 0,
  last_revision INTEGER NOT NULL DEFAULT 0,
  newest_at INTEGER
, is_hidden INTEGER NOT NULL DEFAULT 0, earlier TEXT NOT NULL DEFAULT '[]');

CREATE INDEX stories_hidden ON stories (id) WHERE is_hidden = 1;

CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX stories_newest ON stories (newest_at DESC, id) WHERE merged_into IS NULL AND newest_at IS NOT NULL;

CREATE INDEX stories_stale ON stories (minted_at, id) WHERE is_stale = 1;

CREATE INDEX stories_unrendered ON stories (id) WHERE is_unrendered = 1;

CREATE TABLE subscriptions (
  token TEXT PRIMARY KEY,
  source_url TEXT NOT NULL,
  subscription TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE texts (
  article_n INTEGER PRIMARY KEY REFERENCES articles (n) ON DELETE CASCADE,
  summary TEXT NOT NULL,
  content TEXT NOT NULL,
  text TEXT NOT NULL
);

CREATE TABLE vectors (
  content TEXT PRIMARY KEY,
  vector BLOB NOT NULL,
  made_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX vectors_old ON vectors (made_at);
