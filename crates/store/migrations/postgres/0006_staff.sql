-- Staff accounts and the claims that keep their names unique. A city has thousands; on a cluster they stay on the coordinator,
-- so that staff log in and a node starts whichever worker is away.

CREATE TABLE staff (
    staff_id      BIGINT NOT NULL PRIMARY KEY,
    name          TEXT   NOT NULL,
    role          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    totp_secret   BYTEA  NOT NULL, -- sealed
    totp_step     BIGINT,          -- last time step used
    venue_id      BIGINT,
    disabled_ms   BIGINT,
    created_ms    BIGINT NOT NULL
);

CREATE TABLE staff_name (
    name     TEXT   NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL
);
