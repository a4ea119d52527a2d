-- What an output feed remembers of a place beyond what it shows: with which revision the story entered, which revisions
-- were announced as updates, when it left. JSON, so that it can grow without a migration; '{}': all defaults.
ALTER TABLE published ADD COLUMN more TEXT NOT NULL DEFAULT '{}';
