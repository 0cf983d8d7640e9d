-- Forgetting: destroying the key of a conversation, and what is left afterwards.
-- A forgotten conversation keeps its row, because audit, statistics and the
-- tombstone name it; the CHECK says that nothing sealed is left in that row.
-- A program of before runs on this: it only meets a forgotten row when somebody
-- opens that case, and then it cannot open what is not there.

-- +goose Up

ALTER TABLE conversations
    ALTER COLUMN wrapped_key    DROP NOT NULL,
    ALTER COLUMN address_sealed DROP NOT NULL,
    ALTER COLUMN address_index  DROP NOT NULL,
    ADD COLUMN forgotten_at timestamptz,
    ADD COLUMN facts_trimmed_at timestamptz,     -- when the facts with a shorter life were emptied
    ADD CONSTRAINT conversations_forgotten CHECK (
        CASE WHEN forgotten_at IS NULL
             THEN wrapped_key IS NOT NULL AND address_sealed IS NOT NULL
             ELSE wrapped_key IS NULL AND address_sealed IS NULL AND checkpoint_sealed IS NULL
                  AND address_index IS NULL AND address_index_next IS NULL AND taken_by IS NULL
        END);

-- A case whose conversations are all forgotten keeps its plain columns, so that
-- counts and times stay true.
ALTER TABLE cases
    ADD COLUMN forgotten_at timestamptz,         -- nothing sealed is left of it
    ADD CONSTRAINT cases_forgotten CHECK (
        forgotten_at IS NULL OR (status = 'closed' AND assessment_sealed IS NULL));
CREATE INDEX cases_to_forget ON cases (closed_at) WHERE status = 'closed' AND forgotten_at IS NULL;

-- The tombstone of a conversation: that it was forgotten, by whom and why, and what
-- there was, in numbers. ledgered_at is null until the ledger outside the database
-- holds it too; from there it is played again over a restored backup.
CREATE TABLE forgotten (
    conversation_id  uuid PRIMARY KEY REFERENCES conversations,
    case_id          uuid REFERENCES cases,
    at               timestamptz NOT NULL,
    why              text NOT NULL CHECK (why IN ('due', 'by_staff', 'replayed')),
    actor_kind       text NOT NULL CHECK (actor_kind IN ('staff', 'system')),
    actor_id         uuid,
    turns            bigint NOT NULL,
    messages         bigint NOT NULL,
    letters          bigint NOT NULL,
    facts            bigint NOT NULL,
    notes            bigint NOT NULL,
    first_at         timestamptz NOT NULL,       -- when it began
    last_in_at       timestamptz,                -- when the person last wrote
    ledgered_at      timestamptz,
    CHECK ((actor_kind = 'system') = (actor_id IS NULL))
);
CREATE INDEX forgotten_unledgered ON forgotten (at) WHERE ledgered_at IS NULL;
CREATE INDEX ON forgotten (at);

-- What a deployment keeps for another time than the table in the program says. The
-- longest time a kind may have stands in the program.
CREATE TABLE retention_overrides (
    kind    text PRIMARY KEY,
    days    int NOT NULL CHECK (days > 0),
    set_by  uuid NOT NULL REFERENCES staff,
    set_at  timestamptz NOT NULL
);

CREATE INDEX messages_with_raw ON messages (received_at) WHERE raw_sealed IS NOT NULL;

-- A message may arrive in the moment in which its conversation is forgotten. Sealed
-- under a key that is gone it would be lost, so it is refused: whoever stores it looks
-- again, finds no conversation, and starts a new one. The lock makes forgetting wait
-- for those that were quicker.
-- +goose StatementBegin
CREATE FUNCTION refuse_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.conversation_id IS NOT NULL THEN
        PERFORM 1 FROM conversations c WHERE c.id = NEW.conversation_id AND c.forgotten_at IS NULL FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'conversation is forgotten' USING ERRCODE = 'P0404';
        END IF;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER messages_refuse_forgotten BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER outbox_refuse_forgotten BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER notes_refuse_forgotten BEFORE INSERT ON case_notes FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER facts_refuse_forgotten BEFORE INSERT ON facts FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
