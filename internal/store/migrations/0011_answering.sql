-- Answering: what staff typed and have not sent, what they say again and again, and
-- who decided to write where the person's contact policy says no.
-- Only adds: the previous program runs on it, has no drafts, and asks the gate
-- without knowing of an override, which keeps such a letter.

-- +goose Up

-- What one member of staff typed in one conversation and has not sent, sealed under
-- the conversation's key. touched_at says who is typing now.
CREATE TABLE drafts (
    id               uuid PRIMARY KEY,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    staff_id         uuid NOT NULL REFERENCES staff,
    kind             text NOT NULL CHECK (kind IN ('reply', 'note')),
    text_sealed      bytea NOT NULL,
    touched_at       timestamptz NOT NULL,
    UNIQUE (conversation_id, staff_id, kind)
);
CREATE INDEX ON drafts (touched_at);

-- Writing all the same. One that takes two waits for the second; what is said then
-- leaves only before until, and only while the person was not heard since heard_at.
--   waiting -> confirmed | refused     by another member of staff
--   waiting -> withdrawn               by who asked
--   waiting -> lapsed                  nobody decided in time, or the person wrote
--   alone                              it took one: made and decided at once
-- The words and the reason are sealed under the conversation's key; forgetting empties
-- them, and that somebody wrote stays.
CREATE TABLE overrides (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    goes_first       text NOT NULL CHECK (goes_first IN ('hello', 'words')),   -- the line that says nothing, or what staff wrote
    state            text NOT NULL CHECK (state IN ('waiting', 'alone', 'confirmed', 'refused', 'withdrawn', 'lapsed')),
    text_sealed      bytea,
    reason_sealed    bytea,
    heard_at         timestamptz NOT NULL,            -- the person's last message, as it was weighed
    asked_by         uuid NOT NULL REFERENCES staff,
    asked_at         timestamptz NOT NULL,
    decided_by       uuid REFERENCES staff,           -- null: waiting, or lapsed by itself
    decided_at       timestamptz,
    until            timestamptz NOT NULL,
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK (state NOT IN ('confirmed', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by)),
    CHECK (state NOT IN ('alone', 'withdrawn') OR (decided_by IS NOT NULL AND decided_by = asked_by)),
    CHECK (state NOT IN ('waiting', 'lapsed') OR decided_by IS NULL),
    CHECK (until > asked_at)
);
CREATE UNIQUE INDEX overrides_waiting ON overrides (conversation_id) WHERE state = 'waiting';
CREATE INDEX ON overrides (case_id, asked_at);

-- The override under which a letter leaves; null: the gate decides alone.
ALTER TABLE outbox ADD COLUMN override_id uuid REFERENCES overrides;

-- Canned replies: words of ours and of nobody else, so they are not sealed. What the
-- program ships is in its texts; a row here stands beside it or, under the same name,
-- in its place. Each is written in every language, and somebody else approves it.
--   proposed -> approved | refused       approved -> retired
--   retired                              also of one that is shipped: it is not offered
CREATE TABLE canned_replies (
    id           uuid PRIMARY KEY,
    name         text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{1,39}$'),
    pack         text NOT NULL CHECK (pack IN ('all', 'disguised')),   -- disguised: also for a phone that may be watched
    state        text NOT NULL CHECK (state IN ('proposed', 'approved', 'refused', 'retired')),
    proposed_by  uuid NOT NULL REFERENCES staff,
    proposed_at  timestamptz NOT NULL,
    decided_by   uuid REFERENCES staff,
    decided_at   timestamptz,
    CHECK ((state = 'proposed') = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (state <> 'approved' OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX canned_replies_approved ON canned_replies (name) WHERE state = 'approved';
CREATE UNIQUE INDEX canned_replies_proposed ON canned_replies (name) WHERE state = 'proposed';

CREATE TABLE canned_texts (
    reply_id  uuid NOT NULL REFERENCES canned_replies,
    lang      text NOT NULL,
    title     text NOT NULL CHECK (title <> ''),      -- what staff choose it by
    body      text NOT NULL CHECK (body <> ''),       -- {name} is who answers
    PRIMARY KEY (reply_id, lang)
);

CREATE TRIGGER drafts_refuse_forgotten BEFORE INSERT ON drafts FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER overrides_refuse_forgotten BEFORE INSERT ON overrides FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
