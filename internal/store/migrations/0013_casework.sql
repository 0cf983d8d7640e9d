-- Working a case: how far it is and whose, what hangs together, the people of a
-- group, what they agreed to, who was asked to help, and what is still to be done.
-- Only adds. The previous program runs on it: it neither reads nor writes any of
-- this, and closes what this one would ask about first.

-- +goose Up

-- work is how far staff are with an open case:
--   new -> working <-> waiting -> done -> (closed)      done -> working (they wrote again, or it was reopened)
-- snoozed_until: until then it is not in the queue, unless something new comes.
-- tip: what became of what a witness told; undecided when they wrote after tip_at.
ALTER TABLE cases
    ADD COLUMN work          text NOT NULL DEFAULT 'new' CHECK (work IN ('new', 'working', 'waiting', 'done')),
    ADD COLUMN assigned_to   uuid REFERENCES staff,
    ADD COLUMN assigned_at   timestamptz,
    ADD COLUMN snoozed_until timestamptz,
    ADD COLUMN tip           text NOT NULL DEFAULT '' CHECK (tip IN ('', 'passed_on', 'kept', 'not_enough')),
    ADD COLUMN tip_at        timestamptz,
    ADD COLUMN danger_over_at timestamptz,           -- a named person said so; what they write later is after it
    ADD COLUMN group_sealed  bytea,                  -- whether a child is in the group: it decides who reaches the case
    ADD CONSTRAINT cases_assigned CHECK ((assigned_to IS NULL) = (assigned_at IS NULL)),
    ADD CONSTRAINT cases_tip CHECK ((tip = '') = (tip_at IS NULL));
CREATE INDEX cases_of_staff ON cases (assigned_to) WHERE assigned_to IS NOT NULL AND status = 'open';

-- What staff did with a case, with their reason: one row for each step of whatever
-- is below. about is the row it is about; null: the case itself.
CREATE TABLE case_steps (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    conversation_id  uuid NOT NULL REFERENCES conversations,   -- its key seals the reason
    about            uuid,
    kind             text NOT NULL CHECK (kind ~ '^[a-z]+(\.[a-z_]+)$'),
    staff_id         uuid NOT NULL REFERENCES staff,
    reason_sealed    bytea,
    at               timestamptz NOT NULL,
    seq              bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX ON case_steps (case_id, seq);
CREATE INDEX ON case_steps (about, seq) WHERE about IS NOT NULL;

-- Two cases that hang together. A row is never overwritten by the next proposal: it
-- can always be said who joined what, and it can be undone.
--   proposed -> confirmed -> undone          proposed -> declined
CREATE TABLE case_links (
    id           uuid PRIMARY KEY,
    case_a       uuid NOT NULL REFERENCES cases,
    case_b       uuid NOT NULL REFERENCES cases,
    kind         text NOT NULL CHECK (kind IN ('same_person', 'same_group', 'about', 'same_place')),
    state        text NOT NULL CHECK (state IN ('proposed', 'confirmed', 'declined', 'undone')),
    proposed_by  uuid NOT NULL REFERENCES staff,
    decided_by   uuid REFERENCES staff,
    at           timestamptz NOT NULL,
    version      int NOT NULL DEFAULT 1,
    CHECK (case_a < case_b),
    CHECK ((state = 'proposed') = (decided_by IS NULL))
);
CREATE UNIQUE INDEX case_links_live ON case_links (case_a, case_b, kind) WHERE state IN ('proposed', 'confirmed');
CREATE INDEX ON case_links (case_b);

-- One person of a group that one report is about. The case stays one case, and the
-- number that was told stays what it was.
CREATE TABLE case_people (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    name_sealed      bytea,
    place_sealed     bytea,
    note_sealed      bytea,
    meaning_sealed   bytea NOT NULL,                 -- age band, and how they are
    position         int NOT NULL,                   -- "person 3" of this case, for good
    removed          boolean NOT NULL DEFAULT false, -- written down by mistake, or twice
    at               timestamptz NOT NULL,
    version          int NOT NULL DEFAULT 1,
    UNIQUE (case_id, position)
);

-- What somebody said about being spoken of to an agency. Rows are only added; the
-- last one about a person and an agency counts, and a withdrawal counts for all.
CREATE TABLE consents (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    person_id        uuid REFERENCES case_people,    -- null: whoever writes to us
    told_sealed      bytea NOT NULL,                 -- answer, agency, text version, language, how
    staff_id         uuid NOT NULL REFERENCES staff, -- who asked, or wrote it down
    at               timestamptz NOT NULL,
    seq              bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX ON consents (case_id, seq);

-- Somebody outside who is asked to help.
--   proposed -> sent -> accepted | refused       accepted -> done
--   proposed | sent | accepted -> revoked
-- Nothing is sent without a basis: what they agreed to, or what a supervisor decided.
CREATE TABLE referrals (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    person_id        uuid REFERENCES case_people,    -- null: whoever writes to us
    state            text NOT NULL CHECK (state IN ('proposed', 'sent', 'accepted', 'refused', 'done', 'revoked')),
    basis            text NOT NULL DEFAULT '' CHECK (basis IN ('', 'consent', 'danger', 'best_interest')),
    plan_sealed      bytea NOT NULL,                 -- to whom, and what is shared
    purpose_sealed   bytea NOT NULL,
    weighed_sealed   bytea,                          -- what was weighed before a place or a name goes out
    approval_sealed  bytea,                          -- why a supervisor decided
    proposed_by      uuid NOT NULL REFERENCES staff,
    approved_by      uuid REFERENCES staff,
    approved_at      timestamptz,
    at               timestamptz NOT NULL,
    due_at           timestamptz NOT NULL,           -- when we look again
    sent_at          timestamptz,
    ended_at         timestamptz,
    version          int NOT NULL DEFAULT 1,
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK ((approved_by IS NULL) = (approval_sealed IS NULL)),
    CHECK (state <> 'proposed' OR sent_at IS NULL),
    CHECK (state NOT IN ('sent', 'accepted', 'refused', 'done') OR sent_at IS NOT NULL),
    CHECK ((state IN ('refused', 'done', 'revoked')) = (ended_at IS NOT NULL)),
    CHECK (sent_at IS NULL OR basis <> ''),
    CHECK (basis NOT IN ('danger', 'best_interest') OR approved_by IS NOT NULL)
);
CREATE INDEX ON referrals (case_id, at);
CREATE INDEX referrals_due ON referrals (due_at, id) WHERE state IN ('proposed', 'sent', 'accepted');

-- Something to do until a day.
--   open -> done | dropped
CREATE TABLE tasks (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    text_sealed      bytea NOT NULL,
    staff_id         uuid REFERENCES staff,          -- whose; null: of the case's team
    state            text NOT NULL CHECK (state IN ('open', 'done', 'dropped')),
    due_at           timestamptz NOT NULL,
    added_by         uuid NOT NULL REFERENCES staff,
    at               timestamptz NOT NULL,
    ended_by         uuid REFERENCES staff,
    ended_at         timestamptz,
    version          int NOT NULL DEFAULT 1,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE INDEX ON tasks (case_id, due_at);
CREATE INDEX tasks_of_staff ON tasks (staff_id, due_at, id) WHERE state = 'open';
CREATE INDEX tasks_due ON tasks (due_at, id) WHERE state = 'open';

CREATE TRIGGER steps_refuse_forgotten BEFORE INSERT ON case_steps FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER people_refuse_forgotten BEFORE INSERT ON case_people FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER consents_refuse_forgotten BEFORE INSERT ON consents FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER referrals_refuse_forgotten BEFORE INSERT ON referrals FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
CREATE TRIGGER tasks_refuse_forgotten BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();
