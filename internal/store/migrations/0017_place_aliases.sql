-- Further spellings of places, as staff add them. Only adds: the previous program runs
-- on it, and hears what it heard before.

-- +goose Up

-- spelling is in small plain letters, as it is compared; place is the name of one in the
-- list of the program. Neither says anything of a person.
--   standing -> withdrawn        withdrawn stays: who added it, and who took it away
CREATE TABLE place_aliases (
    id            uuid PRIMARY KEY,
    spelling      text NOT NULL CHECK (length(spelling) BETWEEN 4 AND 60 AND spelling = lower(spelling)),
    place         text NOT NULL CHECK (place <> '' AND length(place) <= 100),
    added_by      uuid NOT NULL REFERENCES staff,
    added_at      timestamptz NOT NULL,
    withdrawn_by  uuid REFERENCES staff,
    withdrawn_at  timestamptz,
    CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL)),
    CHECK (withdrawn_at >= added_at)
);
CREATE UNIQUE INDEX place_aliases_standing ON place_aliases (spelling) WHERE withdrawn_at IS NULL;
