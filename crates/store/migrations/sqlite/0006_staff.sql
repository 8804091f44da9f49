-- Staff accounts and the claims that keep their names unique.

CREATE TABLE staff (
    staff_id      INTEGER NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    totp_secret   BLOB    NOT NULL, -- sealed
    totp_step     INTEGER,          -- last time step used
    venue_id      INTEGER,
    disabled_ms   INTEGER,
    created_ms    INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_name (
    name     TEXT    NOT NULL PRIMARY KEY,
    staff_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
