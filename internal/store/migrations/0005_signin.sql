-- +goose Up

-- Passkeys, recovery codes, and what lies between the first and the last step of a
-- sign-in. Only tables and columns are added: the binary before runs on.

-- How often somebody signed in completely. The proof of a first step names the
-- number, so every complete sign-in voids the proofs that are still about.
-- oidc_sealed is the issuer and the subject that an administrator linked, sealed
-- under the line's own key.
ALTER TABLE staff ADD COLUMN signins bigint NOT NULL DEFAULT 0;
ALTER TABLE staff ADD COLUMN oidc_sealed bytea;

-- id names a session on a page, where its token has no place. method is how it was
-- opened, confirmed_at is when its owner last proved a second factor of ours in it,
-- from_sealed is the browser and the network it was opened from.
ALTER TABLE staff_sessions ADD COLUMN id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid();
ALTER TABLE staff_sessions ADD COLUMN method text NOT NULL DEFAULT 'password'
    CHECK (method IN ('password', 'recovery', 'passkey', 'oidc'));
ALTER TABLE staff_sessions ADD COLUMN confirmed_at timestamptz;
ALTER TABLE staff_sessions ADD COLUMN from_sealed bytea;

-- A passkey. credential_hash is SHA-256 of the credential's id, which is random;
-- credential_sealed is its public key, its counter and its flags. copied_at: the
-- counter went backwards, so there may be a second one; it opens nothing any more.
CREATE TABLE passkeys (
    id                 uuid PRIMARY KEY,
    staff_id           uuid NOT NULL REFERENCES staff,
    credential_hash    bytea NOT NULL UNIQUE CHECK (length(credential_hash) = 32),
    credential_sealed  bytea NOT NULL,
    name_sealed        bytea,               -- what its owner calls it
    created_at         timestamptz NOT NULL,
    used_at            timestamptz,
    copied_at          timestamptz,
    revoked_at         timestamptz
);
CREATE INDEX ON passkeys (staff_id);

-- Recovery codes, each good once. A code has 79 random bits, so a hash that is
-- quick is enough; it is made with the owner's id, so equal codes look different.
CREATE TABLE recovery_codes (
    staff_id    uuid NOT NULL REFERENCES staff,
    code_hash   bytea NOT NULL CHECK (length(code_hash) = 32),
    created_at  timestamptz NOT NULL,
    used_at     timestamptz,
    PRIMARY KEY (staff_id, code_hash)
);

-- What we asked a browser and wait to be answered, once: the row is deleted by the
-- first answer, right or wrong. token_hash is of what the browser hands back.
CREATE TABLE signin_challenges (
    token_hash     bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    id             uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('enrol', 'passkey', 'confirm', 'oidc')),
    staff_id       uuid REFERENCES staff,
    asked_sealed   bytea NOT NULL,
    expires_at     timestamptz NOT NULL,
    CHECK ((kind IN ('enrol', 'confirm')) = (staff_id IS NOT NULL))
);
CREATE INDEX ON signin_challenges (expires_at);
