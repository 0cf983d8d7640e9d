-- Delivering by channel: a provider that hangs holds up nobody else's letters. What
-- is claimed is looked for by channel first, so the index leads with it. A program of
-- before finds the same rows by it.

-- +goose Up

CREATE INDEX outbox_due_by_channel ON outbox (channel, priority, not_before, seq) WHERE state IN ('queued', 'claimed', 'unknown');
DROP INDEX outbox_due;

-- What one member of staff was sent of late, and which alerts are on their way.
CREATE INDEX outbox_staff_sent ON outbox (staff_id, channel, sent_at) WHERE staff_id IS NOT NULL AND sent_at IS NOT NULL;
CREATE INDEX outbox_alerts_live ON outbox (staff_id, channel, seq) WHERE purpose = 'alert' AND state IN ('queued', 'claimed', 'unknown');

-- A provider's word on a message whose sending is not written down yet: it waits here
-- for its letter. Whoever writes either side holds an advisory lock on the reference.
CREATE TABLE early_statuses (
    channel      text NOT NULL,
    message_ref  text NOT NULL,
    state        text NOT NULL CHECK (state IN ('delivered', 'failed')),
    reason       text NOT NULL DEFAULT '',       -- our own word for why
    unreachable  boolean NOT NULL DEFAULT false,
    at           timestamptz NOT NULL,
    PRIMARY KEY (channel, message_ref)
);
CREATE INDEX ON early_statuses (at);
