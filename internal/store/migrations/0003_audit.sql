-- +goose Up

-- The audit only grows, and is chained: the chain columns of a row are filled once,
-- and nothing else of it changes. These triggers keep honest hands from mistakes;
-- whoever owns the tables can take them away, and then the chain shows what was
-- done. The binary before only inserts, so it runs on.
--
--   inserted (unchained) -> chained (chained_seq, hash) -> pruned (below a root)

ALTER TABLE audit ADD CONSTRAINT audit_link
    CHECK ((chained_seq IS NULL) = (hash IS NULL) AND (hash IS NULL OR octet_length(hash) = 32) AND chained_seq > 0);

-- Where the chain begins after its oldest rows were pruned: the last row that went.
CREATE TABLE audit_roots (
    chained_seq  bigint PRIMARY KEY CHECK (chained_seq > 0),
    hash         bytea NOT NULL CHECK (octet_length(hash) = 32),
    at           timestamptz NOT NULL
);

CREATE INDEX audit_by_actor ON audit (actor_id, seq);
CREATE INDEX audit_by_action ON audit (action, seq);

-- +goose StatementBegin
CREATE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was  audit%ROWTYPE;
    root boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.chained_seq IS NULL THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        was := OLD;
        was.chained_seq := NEW.chained_seq;
        was.hash := NEW.hash;
        IF OLD.chained_seq IS NULL AND NEW.chained_seq IS NOT NULL AND was IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        -- The schema is named, so that a temporary table of the same name is not asked.
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.audit_roots r WHERE r.chained_seq >= $1)', TG_TABLE_SCHEMA)
            INTO root USING OLD.chained_seq;
        IF root THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit only grows' USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit_root_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chained boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.audit a WHERE a.chained_seq = $1 AND a.hash = $2)', TG_TABLE_SCHEMA)
            INTO chained USING NEW.chained_seq, NEW.hash;
        IF chained THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a root is a row of the audit, and stays' USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

CREATE TRIGGER audit_keeps BEFORE INSERT OR UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keeps();
CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps();
CREATE TRIGGER audit_root_keeps BEFORE INSERT OR UPDATE OR DELETE ON audit_roots FOR EACH ROW EXECUTE FUNCTION audit_root_keeps();
CREATE TRIGGER audit_root_stays BEFORE TRUNCATE ON audit_roots FOR EACH STATEMENT EXECUTE FUNCTION audit_root_keeps();
