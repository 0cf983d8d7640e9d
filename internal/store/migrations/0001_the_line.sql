-- The line: people, what they wrote, what was decided, what is to be said.
-- Sealed columns are bytea and end in _sealed; a key per conversation seals them
-- (conversations.wrapped_key), bound to table, column and row. Everything else
-- here may be read by whoever steals the disk: ids, times, urgency, country, kind
-- of flow, channel.

-- +goose Up

-- A member of staff. Names and addresses are sealed under the line's own key.
CREATE TABLE staff (
    id                 uuid PRIMARY KEY,
    login              text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9._-]{2,40}$'),
    name_sealed        bytea NOT NULL,          -- working name, shown to persons at takeover
    role               text NOT NULL CHECK (role IN ('duty_officer', 'case_worker', 'supervisor', 'administrator', 'auditor')),
    team               text NOT NULL DEFAULT 'main' CHECK (team ~ '^[a-z0-9._-]{1,40}$'),
    languages          text[] NOT NULL DEFAULT '{id}',
    lang               text NOT NULL DEFAULT 'id',     -- the language we speak to them
    on_duty            boolean NOT NULL DEFAULT false,
    duty_changed_at    timestamptz,
    link_code_hash     bytea,                   -- one-time code that links a Telegram chat
    link_code_expires  timestamptz,
    password_hash      text,                    -- argon2id, PHC string
    totp_sealed        bytea,
    totp_last_step     bigint NOT NULL DEFAULT 0,
    totp_confirmed_at  timestamptz,
    disabled_at        timestamptz,
    created_at         timestamptz NOT NULL
);

-- Where staff are reached. address_index is the blind index under the current
-- index key, address_index_next under the key that follows it during a rotation.
CREATE TABLE staff_addresses (
    id                  uuid PRIMARY KEY,
    staff_id            uuid NOT NULL REFERENCES staff,
    channel             text NOT NULL,
    address_index       bytea NOT NULL,
    address_index_next  bytea,
    address_sealed      bytea NOT NULL,
    failed_at           timestamptz,            -- unreachable since
    created_at          timestamptz NOT NULL,
    UNIQUE (channel, address_index),
    UNIQUE (channel, address_index_next),
    UNIQUE (staff_id, channel)
);

-- Wrong acknowledgement codes per staff member, to limit guessing.
CREATE TABLE staff_guesses (
    staff_id  uuid NOT NULL REFERENCES staff,
    at        timestamptz NOT NULL
);
CREATE INDEX ON staff_guesses (staff_id, at);

-- Sessions of the console. The token is stored hashed and is revocable at once.
CREATE TABLE staff_sessions (
    token_hash  bytea PRIMARY KEY,
    staff_id    uuid NOT NULL REFERENCES staff,
    created_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE INDEX ON staff_sessions (staff_id);

-- Failed sign-ins, to slow guessing down. subject is a keyed hash of login or source.
CREATE TABLE signin_failures (
    subject  bytea NOT NULL,
    at       timestamptz NOT NULL
);
CREATE INDEX ON signin_failures (subject, at);

-- A conversation with one address. Its row is the lane: whoever takes a turn locks
-- it, and turn is the fence. checkpoint_sealed is the Session after that turn.
CREATE TABLE conversations (
    id                  uuid PRIMARY KEY,
    channel             text NOT NULL,
    address_index       bytea NOT NULL,
    address_index_next  bytea,
    address_sealed      bytea NOT NULL,
    wrapped_key         bytea NOT NULL,
    turn                bigint NOT NULL DEFAULT 0 CHECK (turn >= 0),
    checkpoint_sealed   bytea,
    lang                text NOT NULL DEFAULT 'id',
    flow                text NOT NULL DEFAULT '' CHECK (flow IN ('', 'victim', 'family', 'witness', 'returnee', 'info')),
    taken_by            uuid REFERENCES staff,   -- a human answers; the bot is silent
    taken_at            timestamptz,
    staff_wrote_at      timestamptz,             -- last line of staff during a takeover
    person_wrote_at     timestamptz,             -- first unanswered line of the person during a takeover
    unreachable_at      timestamptz,             -- blocked us, or opted out
    last_in_at          timestamptz,
    number_country      text NOT NULL DEFAULT '' CHECK (number_country ~ '^([A-Z]{2})?$'),
    outage_replied_at   timestamptz,
    created_at          timestamptz NOT NULL,
    UNIQUE (channel, address_index),
    UNIQUE (channel, address_index_next),
    CHECK ((taken_by IS NULL) = (taken_at IS NULL))
);

-- Everything a provider delivered, once per provider id.
CREATE TABLE messages (
    id               uuid PRIMARY KEY,
    channel          text NOT NULL,
    provider_id      text NOT NULL,
    conversation_id  uuid REFERENCES conversations,   -- null: from staff, or from nobody
    staff_id         uuid REFERENCES staff,
    kind             text NOT NULL,
    message_ref      text NOT NULL DEFAULT '',        -- the provider's id of the message
    provider_order   bigint NOT NULL DEFAULT 0,
    answers_turn     bigint NOT NULL DEFAULT 0,       -- of a pressed button: the turn that asked; 0: nobody told
    state            text NOT NULL CHECK (state IN ('waiting', 'taken', 'noted', 'set_aside')),
    turn             bigint,                          -- the one turn it belongs to
    attempts         int NOT NULL DEFAULT 0,
    text_sealed      bytea,
    media_sealed     bytea,                           -- reference of a photo, a voice, a place, a contact
    raw_sealed       bytea,
    sent_at          timestamptz,                     -- by the provider's clock
    received_at      timestamptz NOT NULL,
    arrival          bigint GENERATED ALWAYS AS IDENTITY,
    UNIQUE (channel, provider_id),
    CHECK ((state = 'taken') = (turn IS NOT NULL)),
    CHECK (state <> 'waiting' OR conversation_id IS NOT NULL)
);
CREATE INDEX messages_waiting ON messages (conversation_id) WHERE state = 'waiting';
CREATE INDEX messages_by_conversation ON messages (conversation_id, arrival);
CREATE INDEX messages_set_aside ON messages (received_at) WHERE state = 'set_aside';

-- One answer to everything a person had waiting.
CREATE TABLE turns (
    conversation_id  uuid NOT NULL REFERENCES conversations,
    turn             bigint NOT NULL CHECK (turn > 0),
    at               timestamptz NOT NULL,
    silence          text NOT NULL DEFAULT '',        -- the named reason, when nothing was said
    PRIMARY KEY (conversation_id, turn)
);

-- What was learned, as meanings, sealed whole.
CREATE TABLE facts (
    id               uuid PRIMARY KEY,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    turn             bigint NOT NULL,
    position         int NOT NULL,                    -- its place in the session's facts
    fact_sealed      bytea NOT NULL,
    at               timestamptz NOT NULL,
    UNIQUE (conversation_id, position)
);

-- A report that staff work on, open from the first message.
CREATE TABLE cases (
    id               uuid PRIMARY KEY,
    ref              text NOT NULL UNIQUE,            -- what staff call it; not sequential
    status           text NOT NULL CHECK (status IN ('open', 'closed')),
    urgency          text NOT NULL CHECK (urgency IN ('low', 'medium', 'high', 'critical')),
    queued_at        timestamptz,                     -- entered the staff queue
    country          text NOT NULL DEFAULT '',
    flow             text NOT NULL DEFAULT '',
    lang             text NOT NULL DEFAULT 'id',
    team             text NOT NULL DEFAULT 'main',
    lowered_to       text CHECK (lowered_to IN ('low', 'medium', 'high', 'critical')),
    lowered_at       timestamptz,
    assessment_sealed bytea,                          -- fired rules with what fired them, indicators, flags
    last_in_at       timestamptz,
    opened_at        timestamptz NOT NULL,
    first_viewed_at  timestamptz,
    closed_at        timestamptz,
    version          bigint NOT NULL DEFAULT 1,
    CHECK ((lowered_to IS NULL) = (lowered_at IS NULL)),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX cases_queue ON cases (urgency, queued_at) WHERE status = 'open' AND queued_at IS NOT NULL;

CREATE TABLE case_conversations (
    case_id          uuid NOT NULL REFERENCES cases,
    conversation_id  uuid NOT NULL UNIQUE REFERENCES conversations,
    PRIMARY KEY (case_id, conversation_id)
);

-- Notes of staff and reasons for what they did, sealed under the key of the
-- case's conversation.
CREATE TABLE case_notes (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    conversation_id  uuid NOT NULL REFERENCES conversations,
    staff_id         uuid NOT NULL REFERENCES staff,
    kind             text NOT NULL CHECK (kind IN ('note', 'lowered', 'closed', 'taken', 'handed_back')),
    text_sealed      bytea NOT NULL,
    at               timestamptz NOT NULL
);
CREATE INDEX ON case_notes (case_id, at);

-- An escalation climbs until a named person acknowledges it. One lives per case.
--   climbing -> acknowledged -> ended          (answered in time, closed, lowered)
--   acknowledged -> climbing                   (the acknowledgement expired)
--   climbing | acknowledged -> ended           (renewed by a new danger: a new row follows)
CREATE TABLE escalations (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    urgency          text NOT NULL CHECK (urgency IN ('low', 'medium', 'high', 'critical')),
    state            text NOT NULL CHECK (state IN ('climbing', 'acknowledged', 'ended')),
    rung             int NOT NULL DEFAULT 0 CHECK (rung >= 0),
    rounds           int NOT NULL DEFAULT 0,          -- repeats of the last rung
    due_at           timestamptz,                     -- next climb, or when the acknowledgement expires
    started_at       timestamptz NOT NULL,
    acknowledged_by  uuid REFERENCES staff,
    acknowledged_at  timestamptz,
    ended_at         timestamptz,
    ended_why        text NOT NULL DEFAULT '',
    CHECK (state <> 'acknowledged' OR acknowledged_by IS NOT NULL),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX escalations_live ON escalations (case_id) WHERE state <> 'ended';
CREATE INDEX escalations_due ON escalations (due_at) WHERE state <> 'ended';
CREATE INDEX ON escalations (case_id, started_at);

-- Who was alerted, with the code that is theirs for this escalation.
CREATE TABLE alerts (
    escalation_id    uuid NOT NULL REFERENCES escalations,
    staff_id         uuid NOT NULL REFERENCES staff,
    code             text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]{4,6}$'),
    first_rung       int NOT NULL,
    times            int NOT NULL DEFAULT 1,
    last_queued_at   timestamptz NOT NULL,
    last_channel     text NOT NULL,
    acknowledged_at  timestamptz,
    PRIMARY KEY (escalation_id, staff_id)
);

-- Codes that were used, and replaced because the acknowledgement did not hold. Their
-- links still lead to the case, and nobody is ever given one again.
CREATE TABLE spent_codes (
    code             text PRIMARY KEY,
    escalation_id    uuid NOT NULL REFERENCES escalations,
    staff_id         uuid NOT NULL REFERENCES staff
);

-- Things to look at later: a silence after a cry, an abandoned intake, a takeover
-- that lapses. One row per conversation and kind; it is moved, not repeated.
CREATE TABLE watches (
    conversation_id  uuid NOT NULL REFERENCES conversations,
    kind             text NOT NULL CHECK (kind IN ('cry', 'indicator', 'first_message', 'takeover')),
    due_at           timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, kind)
);
CREATE INDEX ON watches (due_at);

-- The outbox: what is to be said, a row before it is sent. Each row is also its
-- delivery.
--   queued -> claimed -> sent -> delivered
--   claimed -> queued (again later) | failed | unknown     unknown -> queued | sent
--   queued | claimed -> held | denied       (the gate)     held -> queued (they wrote again)
--   queued | held -> dropped                (a later turn makes it pointless)
CREATE TABLE outbox (
    id               uuid PRIMARY KEY,
    conversation_id  uuid REFERENCES conversations,
    staff_id         uuid REFERENCES staff,           -- to staff, or null
    written_by       uuid REFERENCES staff,           -- staff wrote it; null: the line
    escalation_id    uuid REFERENCES escalations,
    channel          text NOT NULL,
    purpose          text NOT NULL CHECK (purpose IN ('answer', 'held', 'contact', 'alert', 'staff')),
    priority         int NOT NULL CHECK (priority BETWEEN 0 AND 9),   -- 0 alerts, 1 danger replies, 5 the rest
    turn             bigint,
    position         int NOT NULL DEFAULT 0,          -- order within the turn
    text_key         text NOT NULL DEFAULT '',        -- which of our texts it is; empty: staff wrote it
    body_sealed      bytea,                           -- null for an alert: rendered when it is sent
    digits           int NOT NULL DEFAULT 0,          -- neutral buttons "1".."n"
    state            text NOT NULL CHECK (state IN ('queued', 'claimed', 'sent', 'delivered', 'failed', 'unknown', 'held', 'denied', 'dropped')),
    reason           text NOT NULL DEFAULT '',        -- our own word for why
    perhaps_twice    boolean NOT NULL DEFAULT false,
    attempts         int NOT NULL DEFAULT 0,
    not_before       timestamptz NOT NULL,
    claimed_until    timestamptz,
    claim            uuid,                            -- who claimed it; settles only its own
    message_ref      text NOT NULL DEFAULT '',        -- the provider's id
    queued_at        timestamptz NOT NULL,
    sent_at          timestamptz,
    settled_at       timestamptz,
    seq              bigint GENERATED ALWAYS AS IDENTITY,
    CHECK ((conversation_id IS NULL) <> (staff_id IS NULL)),
    CHECK ((state = 'claimed') = (claim IS NOT NULL)),
    CHECK (purpose <> 'alert' OR escalation_id IS NOT NULL)
);
CREATE INDEX outbox_due ON outbox (priority, not_before, seq) WHERE state IN ('queued', 'claimed', 'unknown');
CREATE INDEX outbox_lane ON outbox (conversation_id, seq) WHERE state IN ('queued', 'claimed', 'unknown', 'held');
CREATE INDEX outbox_by_conversation ON outbox (conversation_id, seq);
CREATE INDEX outbox_ref ON outbox (channel, message_ref) WHERE message_ref <> '';
CREATE INDEX outbox_escalation ON outbox (escalation_id) WHERE escalation_id IS NOT NULL;

-- What went wrong and needs a person: nobody on duty, a message set aside, a reply
-- that could not be sent. Shown to staff until somebody clears it.
CREATE TABLE alarms (
    id               uuid PRIMARY KEY,
    kind             text NOT NULL,
    case_id          uuid REFERENCES cases,
    conversation_id  uuid REFERENCES conversations,
    at               timestamptz NOT NULL,
    last_at          timestamptz NOT NULL,
    times            int NOT NULL DEFAULT 1,
    told_at          timestamptz,                     -- when the alarm addresses last heard of it
    cleared_at       timestamptz,
    cleared_by       uuid REFERENCES staff
);
CREATE UNIQUE INDEX alarms_live ON alarms (kind, coalesce(conversation_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE cleared_at IS NULL;

-- Who did what. Rows are inserted in the caller's transaction; chain columns are
-- filled by one leader afterwards.
CREATE TABLE audit (
    id             uuid PRIMARY KEY,
    at             timestamptz NOT NULL,
    actor_kind     text NOT NULL CHECK (actor_kind IN ('person', 'staff', 'system')),
    actor_id       uuid,
    actor_part     text NOT NULL DEFAULT '',
    action         text NOT NULL,
    case_id        uuid,
    conversation_id uuid,
    detail_sealed  bytea,
    seq            bigint GENERATED ALWAYS AS IDENTITY,
    chained_seq    bigint UNIQUE,
    hash           bytea,
    CHECK ((actor_kind = 'system') = (actor_id IS NULL))
);
CREATE INDEX ON audit (case_id, seq);
CREATE INDEX audit_unchained ON audit (seq) WHERE chained_seq IS NULL;
