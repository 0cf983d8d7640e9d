-- Administration: a kept list of teams, cases that are kept past their time, and what
-- forgetting did last.
-- Only adds. The previous program runs on it: a team it writes down for somebody comes
-- onto the list by itself, and a case that is kept it cannot forget.

-- +goose Up

-- The teams there are. word is what staff and cases are marked with, for good; title is
-- what people call it, and may change.
--   here <-> retired        nobody works in a retired team, and no open case is its
CREATE TABLE teams (
    word        text PRIMARY KEY CHECK (word ~ '^[a-z0-9._-]{1,40}$'),
    title       text NOT NULL CHECK (title <> '' AND length(title) <= 60),
    retired_at  timestamptz,
    version     int NOT NULL DEFAULT 1,
    CHECK (word <> 'main' OR retired_at IS NULL)      -- every new case begins there
);
INSERT INTO teams (word, title)
SELECT word, word FROM (SELECT 'main' AS word UNION SELECT team FROM staff UNION SELECT team FROM cases) AS known;

-- +goose StatementBegin
CREATE FUNCTION know_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO teams (word, title) VALUES (NEW.team, NEW.team) ON CONFLICT (word) DO NOTHING;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER staff_know_team BEFORE INSERT OR UPDATE OF team ON staff FOR EACH ROW EXECUTE FUNCTION know_team();
ALTER TABLE staff ADD CONSTRAINT staff_in_team FOREIGN KEY (team) REFERENCES teams;
CREATE INDEX cases_of_team ON cases (team) WHERE status = 'open';

-- A case that somebody keeps past its time, until a day: nothing of it is forgotten
-- before. Why stands sealed among its steps.
ALTER TABLE cases
    ADD COLUMN kept_until timestamptz,
    ADD COLUMN kept_at    timestamptz,
    ADD COLUMN kept_by    uuid REFERENCES staff,
    ADD CONSTRAINT cases_kept CHECK ((kept_until IS NULL) = (kept_at IS NULL) AND (kept_by IS NULL) = (kept_at IS NULL)),
    ADD CONSTRAINT cases_kept_not_forgotten CHECK (kept_at IS NULL OR forgotten_at IS NULL);
CREATE INDEX cases_kept_until ON cases (kept_until, id) WHERE kept_at IS NOT NULL;

-- What forgetting did last with each kind of data, and what is due within a week.
CREATE TABLE retention_runs (
    kind     text PRIMARY KEY,
    ran_at   timestamptz NOT NULL,
    went     int NOT NULL DEFAULT 0,                  -- how many, when something last went
    went_at  timestamptz,
    soon     int NOT NULL DEFAULT 0
);
