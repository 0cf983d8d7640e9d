-- Keys turn over while the line is open.
--
-- The two index columns become two slots. Each key of the blind index has a slot of
-- its own for as long as it lives: its first one has address_index (slot 0), the one
-- that follows has address_index_next (slot 1), the next one slot 0 again. Values
-- never move between slots. Whoever inserts fills the slot of every key that lives
-- for them; whoever looks compares each slot with its own key. During a rotation two
-- processes may know different keys, but two that may work at the same time always
-- have one key, and so one slot, in common; each slot is unique, so that one address
-- never gets two conversations. A slot is emptied when its key is gone.
--
-- The previous release runs on this schema as long as the keyset was never rotated:
-- then slot 0 is the only one in use, as before. A rotated keyset file it refuses.

-- +goose Up

ALTER TABLE conversations ALTER COLUMN address_index DROP NOT NULL;
ALTER TABLE staff_addresses ALTER COLUMN address_index DROP NOT NULL;
ALTER TABLE staff_addresses ADD CHECK (num_nonnulls(address_index, address_index_next) > 0);

-- The oldest generation of the keyset that may still write. A transaction of a
-- process that slept through a rotation does not commit.
CREATE TABLE keyset_state (
    single      boolean PRIMARY KEY DEFAULT true CHECK (single),
    oldest      bigint NOT NULL DEFAULT 0 CHECK (oldest >= 0),
    changed_at  timestamptz
);
INSERT INTO keyset_state (single) VALUES (true);

-- Which process has read which generation. A rotation waits for all of them; a row
-- that was not renewed for 30 seconds is of a process that died.
CREATE TABLE keyset_readers (
    process     uuid PRIMARY KEY,
    name        text NOT NULL,              -- machine and process number, for the operator
    generation  bigint NOT NULL,
    seen_at     timestamptz NOT NULL
);
