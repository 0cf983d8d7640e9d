-- The lists of staff, with a million cases behind them: each shelf of the queue is
-- read by an index that has its order, from where the last page ended.
-- No index names a column that a turn changes (when somebody last wrote, the
-- version), so a turn still writes its case in place.
-- Only adds indexes: the previous program runs on it.

-- +goose Up

DROP INDEX cases_queue;
CREATE INDEX cases_queue ON cases (urgency, queued_at, id) WHERE status = 'open' AND queued_at IS NOT NULL;
CREATE INDEX cases_queue_team ON cases (team, urgency, queued_at, id) WHERE status = 'open' AND queued_at IS NOT NULL;
CREATE INDEX cases_queue_country ON cases (country, urgency, queued_at, id) WHERE status = 'open' AND queued_at IS NOT NULL;
CREATE INDEX cases_queue_flow ON cases (flow, urgency, queued_at, id) WHERE status = 'open' AND queued_at IS NOT NULL;

CREATE INDEX cases_closed ON cases (closed_at, id) WHERE status = 'closed' AND forgotten_at IS NULL;
CREATE INDEX cases_closed_team ON cases (team, closed_at, id) WHERE status = 'closed' AND forgotten_at IS NULL;
CREATE INDEX cases_closed_country ON cases (country, closed_at, id) WHERE status = 'closed' AND forgotten_at IS NULL;
CREATE INDEX cases_closed_flow ON cases (flow, closed_at, id) WHERE status = 'closed' AND forgotten_at IS NULL;
CREATE INDEX cases_closed_urgency ON cases (urgency, closed_at, id) WHERE status = 'closed' AND forgotten_at IS NULL;

-- What waits for an acknowledgement, and who wrote a moment ago.
CREATE INDEX escalations_climbing ON escalations (started_at) WHERE state = 'climbing';
CREATE INDEX turns_at ON turns (at, conversation_id);

-- What a member of staff had to do with: their alerts, answers and takeovers, the
-- newest first, and whom a case is kept from by hand.
CREATE INDEX alerts_of_staff ON alerts (staff_id, escalation_id);
CREATE INDEX escalations_of_staff ON escalations (acknowledged_by, id) WHERE acknowledged_by IS NOT NULL;
CREATE INDEX takeovers_of_staff ON case_notes (staff_id, id) WHERE kind = 'taken';
CREATE INDEX conversations_taken ON conversations (taken_by) WHERE taken_by IS NOT NULL;
CREATE INDEX glass_of_staff ON glass (staff_id, until);
CREATE INDEX walls_by_hand ON walls (conversation_id) WHERE kind <> 'heard';
