-- The directory of institutions, and indexes that the overview of supervisors reads by.
-- Only adds: the previous program runs on it.

-- +goose Up

-- What staff made of the directory. Entries begin as the program ships them; each row
-- is an entry as it is from then on, whole, so that the rows are its history.
--   (shipped) -> proposed | confirmed | withdrawn
--   proposed -> confirmed | refused | proposed | withdrawn       what was confirmed before stands meanwhile
--   refused -> proposed | confirmed | withdrawn                  it is what it was before the proposal
--   confirmed -> confirmed (called again) | proposed | withdrawn
--   withdrawn -> proposed
-- Institutions are no secret; how a number was checked may name who answered, so that
-- is sealed under the line's own key. Somebody else than who wrote an entry confirms it.
CREATE TABLE directory_revisions (
    id           uuid PRIMARY KEY,
    institution  text NOT NULL CHECK (institution ~ '^[a-z0-9][a-z0-9-]{1,39}$'),
    version      int NOT NULL CHECK (version > 0),
    state        text NOT NULL CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    entry        jsonb NOT NULL,
    note_sealed  bytea,
    staff_id     uuid NOT NULL REFERENCES staff,
    at           timestamptz NOT NULL,
    UNIQUE (institution, version)
);

-- When cases began, and alerts: neither changes afterwards. Letters that failed are few.
CREATE INDEX cases_opened ON cases (opened_at) WHERE queued_at IS NOT NULL;
CREATE INDEX escalations_started ON escalations (started_at);
CREATE INDEX outbox_failed ON outbox (channel, settled_at) WHERE state = 'failed';
