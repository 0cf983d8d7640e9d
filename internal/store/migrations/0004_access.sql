-- Who sees which case: the agency a member of staff belongs to, who is trained for
-- children, whom a case is kept from, and who opened one all the same.
-- Only adds: the previous program runs on it, and knows no walls.

-- +goose Up

-- agency is who sends this member of staff; 'pulang' is the hotline itself.
ALTER TABLE staff ADD COLUMN agency text NOT NULL DEFAULT 'pulang' CHECK (agency ~ '^[a-z0-9][a-z0-9:._-]{0,39}$');
ALTER TABLE staff ADD COLUMN children boolean NOT NULL DEFAULT false;

-- Whom a report is kept from: an agency it names, or whom a member of staff keeps
-- out. The last row about somebody counts. Whom, and why, is sealed under the key of
-- the conversation: that the police are named in a report tells of the person.
CREATE TABLE walls (
    id               uuid PRIMARY KEY,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    kind             text NOT NULL CHECK (kind IN ('heard', 'excluded', 'lifted')),
    subject_sealed   bytea NOT NULL,                 -- an agency, or a member of staff
    reason_sealed    bytea,                          -- null when heard
    staff_id         uuid REFERENCES staff,          -- who did it; null: heard
    at               timestamptz NOT NULL,
    seq              bigint GENERATED ALWAYS AS IDENTITY,
    CHECK ((kind = 'heard') = (staff_id IS NULL))
);
CREATE INDEX ON walls (conversation_id, seq);

-- A case opened by somebody who does not reach it, with a reason: the glass that
-- was broken, and until when it stays open for them.
CREATE TABLE glass (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    conversation_id  uuid NOT NULL REFERENCES conversations,   -- its key seals the reason
    staff_id         uuid NOT NULL REFERENCES staff,
    reason_sealed    bytea NOT NULL,
    at               timestamptz NOT NULL,
    until            timestamptz NOT NULL,
    CHECK (until > at)
);
CREATE INDEX ON glass (case_id, staff_id, until);
