-- The lists of staff by how cases are worked on. See 0010.

-- +goose Up

CREATE INDEX cases_queue_nobody ON cases (urgency, queued_at, id) WHERE status = 'open' AND queued_at IS NOT NULL AND assigned_to IS NULL;
CREATE INDEX cases_snoozed ON cases (snoozed_until, id) WHERE status = 'open' AND snoozed_until IS NOT NULL;
CREATE INDEX cases_closed_mine ON cases (assigned_to, closed_at, id) WHERE status = 'closed' AND assigned_to IS NOT NULL;
