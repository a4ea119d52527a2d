-- Whether the feed says that the whole article is for those who pay.
ALTER TABLE articles ADD COLUMN is_paywalled INTEGER NOT NULL DEFAULT 0;
