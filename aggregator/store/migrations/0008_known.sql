-- A poll finds the stored articles that those of a body may be by what they are known by, instead of reading all of a
-- source. guid_url: the page that the guid names, where that is another than the article's own; NULL: not noted yet,
-- which only articles have that were stored before this.
ALTER TABLE articles ADD COLUMN guid_url TEXT;
UPDATE articles SET guid_url = '' WHERE guid = '' OR guid = link;

DROP INDEX articles_of_source;
CREATE INDEX articles_of_source ON articles (source_url, at);
CREATE INDEX articles_guid ON articles (source_url, guid, published_at) WHERE guid <> '';
CREATE INDEX articles_guid_url ON articles (source_url, guid_url) WHERE guid_url <> '';
CREATE INDEX articles_unnoted ON articles (source_url) WHERE guid_url IS NULL;
CREATE INDEX articles_title ON articles (source_url, title, published_at) WHERE title <> '';
CREATE INDEX articles_nameless ON articles (source_url, published_at)
WHERE guid = '' AND canonical_url = '' AND title = '';
DROP INDEX articles_address;
CREATE INDEX articles_address ON articles (canonical_url, source_url, published_at) WHERE canonical_url <> '';

-- From now on these are counted on, instead of counting.
UPDATE sources SET state = json_set(
  state,
  '$.n_articles', (SELECT count(*) FROM articles a WHERE a.source_url = sources.url),
  '$.has_twins', json(iif(EXISTS (
    SELECT 1 FROM articles a WHERE a.source_url = sources.url
    GROUP BY guid, canonical_url, title, published_at, fingerprint HAVING count(*) > 1
  ), 'true', 'false'))
);
