-- +goose Up
-- What is typed into any form of a case is kept, not only a reply or a note: kind is the
-- name of the form, and of one that stands there for each row, the row behind it. The
-- program of before writes replies and notes, and passes over the others.
ALTER TABLE drafts
    DROP CONSTRAINT drafts_kind_check,
    ADD CONSTRAINT drafts_kind CHECK (kind ~ '^[a-z]{2,12}(/[0-9a-f-]{36})?$');
