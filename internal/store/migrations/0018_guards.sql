-- +goose Up
-- Whether a conversation is forgotten is asked once for all rows of a statement instead
-- of for each: the line writes those of many people at once.

-- +goose StatementBegin
CREATE FUNCTION refuse_forgotten_rows() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    asked bigint;
    found bigint;
BEGIN
    SELECT count(DISTINCT a.conversation_id) INTO asked FROM added a WHERE a.conversation_id IS NOT NULL;
    IF asked = 0 THEN
        RETURN NULL;
    END IF;
    -- The lock is that of the row's own reference: forgetting waits until this is committed, or is seen here.
    SELECT count(*) INTO found FROM (
        SELECT c.id FROM conversations c
        WHERE c.id IN (SELECT a.conversation_id FROM added a) AND c.forgotten_at IS NULL
        FOR KEY SHARE OF c) standing;
    IF found < asked THEN
        RAISE EXCEPTION 'conversation is forgotten' USING ERRCODE = 'P0404';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

DROP TRIGGER messages_refuse_forgotten ON messages;
DROP TRIGGER outbox_refuse_forgotten ON outbox;
DROP TRIGGER facts_refuse_forgotten ON facts;
CREATE TRIGGER messages_refuse_forgotten AFTER INSERT ON messages
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_forgotten_rows();
CREATE TRIGGER outbox_refuse_forgotten AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_forgotten_rows();
CREATE TRIGGER facts_refuse_forgotten AFTER INSERT ON facts
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_forgotten_rows();

-- Rows that every turn changes keep room on their page, so that the changed row stays
-- there and the indexes need no new entry.
ALTER TABLE conversations SET (fillfactor = 80);
ALTER TABLE cases SET (fillfactor = 80);

-- What leaves with its turn is claimed from the start, and never due: it needs no entry
-- where due letters are looked for. Claims are looked for by when they end.
DROP INDEX outbox_due_by_channel;
CREATE INDEX outbox_due_by_channel ON outbox (channel, priority, not_before, seq) WHERE state IN ('queued', 'unknown');
CREATE INDEX outbox_claimed ON outbox (claimed_until) WHERE state = 'claimed';

-- A number of staff that somebody typed may be anybody's: whoever writes from it is heard
-- as a person in danger until it has spoken as staff. Those of before have.
ALTER TABLE staff_addresses ADD COLUMN proven_at timestamptz;
UPDATE staff_addresses SET proven_at = created_at;
