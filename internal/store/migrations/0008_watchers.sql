-- Watching the watcher: what the alarm addresses were told, conversations whose data
-- key no longer opens, and the place up to which the audit was kept outside.
-- A program of before runs on this: it meets a damaged conversation as it did before,
-- and fills none of the new tables.

-- +goose Up

-- A conversation whose data key does not open keeps its rows, for the day on which a
-- backup brings the key back, and is no longer found by its address: whoever writes
-- from there begins a new one and is answered at once.
ALTER TABLE conversations
    ADD COLUMN damaged_at timestamptz,
    ADD CONSTRAINT conversations_damaged CHECK (
        damaged_at IS NULL OR (address_index IS NULL AND address_index_next IS NULL));
CREATE INDEX conversations_damaged_at ON conversations (damaged_at) WHERE damaged_at IS NOT NULL;

-- What the watchdog told the alarm addresses, one row per kind of limit, so that
-- several processes do not tell the same. It stands while told_at is after over_at.
CREATE TABLE watchdog (
    kind     text PRIMARY KEY,
    told_at  timestamptz,
    over_at  timestamptz
);

-- The newest place of the audit's chain that was kept in the ledger. A ledger without
-- heads is the beginning, or somebody took it away: this row tells which.
CREATE TABLE audit_anchor (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    seq     bigint NOT NULL CHECK (seq >= 0),
    at      timestamptz NOT NULL
);

-- When a held letter was let go: what waited for the person did not wait for us.
ALTER TABLE outbox ADD COLUMN released_at timestamptz;
