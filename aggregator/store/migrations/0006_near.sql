-- What a build needs of an output's places, without reading those of years: the ones that changed lately, and the ones
-- that are shown.
CREATE INDEX published_updated ON published (slug, updated_at);
CREATE INDEX published_shown ON published (slug, story_id) WHERE json_extract(more, '$.left_at') IS NULL;

-- Stories near a story when a revision of it was written, as JSON.
ALTER TABLE revisions ADD COLUMN related TEXT NOT NULL DEFAULT '[]';
