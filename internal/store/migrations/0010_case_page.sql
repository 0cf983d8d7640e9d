-- A case may hold several conversations: staff answer in the one that was written in
-- last, or in the one somebody chose. Null: nobody chose. The pair must be one that
-- case_conversations holds.
-- Only adds. The previous program runs on it, and answers in the last one.

-- +goose Up

ALTER TABLE cases
    ADD COLUMN answer_in uuid,
    ADD CONSTRAINT cases_answer_in FOREIGN KEY (id, answer_in)
        REFERENCES case_conversations (case_id, conversation_id) ON DELETE SET NULL (answer_in);
