-- What people sent besides words: the photo, the voice, the document itself, fetched
-- from the provider and kept as it was. Only adds: the program before runs on this,
-- and leaves the new tables empty.

-- +goose Up

-- When somebody looked which files a message speaks of; null: nobody yet.
ALTER TABLE messages ADD COLUMN media_noted_at timestamptz;
CREATE INDEX messages_media_new ON messages (arrival)
    WHERE media_sealed IS NOT NULL AND media_noted_at IS NULL AND conversation_id IS NOT NULL;

-- One file that somebody sent. Sealed under the key of the conversation: the reference
-- it is fetched by, the sender's name for it, what it is (type, size, SHA-256), and a
-- picture of it too small to recognise anybody.
--   waiting -> fetching -> kept
--              fetching -> waiting     it could not be fetched: again at due_at
--              fetching -> failed      too large, not there any more, or tried too often
--   failed -> waiting                  a member of staff wants it tried again
CREATE TABLE media (
    id               uuid PRIMARY KEY,
    message_id       uuid NOT NULL REFERENCES messages,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    position         int NOT NULL,                  -- its place in the message
    state            text NOT NULL CHECK (state IN ('waiting', 'fetching', 'kept', 'failed')),
    reason           text NOT NULL DEFAULT '',      -- our own word for why it is not kept yet
    attempts         int NOT NULL DEFAULT 0,
    due_at           timestamptz,                   -- waiting: when it is tried; fetching: until when somebody has it
    claim            uuid,                          -- who fetches it; settles only its own
    ref_sealed       bytea NOT NULL,
    name_sealed      bytea,
    about_sealed     bytea,
    blur_sealed      bytea,                         -- null: no picture, or none that can be read
    noted_at         timestamptz NOT NULL,
    kept_at          timestamptz,
    UNIQUE (message_id, position),
    CHECK ((state IN ('waiting', 'fetching')) = (due_at IS NOT NULL)),
    CHECK ((state = 'fetching') = (claim IS NOT NULL)),
    CHECK ((state = 'kept') = (kept_at IS NOT NULL)),
    CHECK ((state = 'kept') = (about_sealed IS NOT NULL))
);
CREATE INDEX media_due ON media (due_at) WHERE state IN ('waiting', 'fetching');
CREATE INDEX ON media (conversation_id, noted_at);

-- The original, in pieces of a mebibyte, each sealed. It is never changed.
CREATE TABLE media_chunks (
    id               uuid PRIMARY KEY,
    media_id         uuid NOT NULL REFERENCES media,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    n                int NOT NULL CHECK (n >= 0),
    chunk_sealed     bytea NOT NULL,
    UNIQUE (media_id, n)
);
CREATE INDEX ON media_chunks (conversation_id);
ALTER TABLE media_chunks ALTER COLUMN chunk_sealed SET STORAGE EXTERNAL;  -- what is sealed does not get smaller

-- Who took an original out of the line, and why.
CREATE TABLE media_taken (
    id               uuid PRIMARY KEY,
    media_id         uuid NOT NULL REFERENCES media,
    conversation_id  uuid NOT NULL REFERENCES conversations,   -- its key seals the reason
    staff_id         uuid NOT NULL REFERENCES staff,
    reason_sealed    bytea NOT NULL,
    at               timestamptz NOT NULL
);
CREATE INDEX ON media_taken (media_id, at);
CREATE INDEX ON media_taken (conversation_id);

CREATE TRIGGER media_refuse_forgotten BEFORE INSERT ON media FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER media_chunks_refuse_forgotten BEFORE INSERT ON media_chunks FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER media_taken_refuse_forgotten BEFORE INSERT ON media_taken FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
