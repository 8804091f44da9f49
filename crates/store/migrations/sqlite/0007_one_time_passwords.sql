-- One waiting code per phone, and how often codes were sent within the hour.

CREATE TABLE one_time_password (
    phone_tag  BLOB    NOT NULL PRIMARY KEY,
    code_hash  BLOB    NOT NULL,
    used       INTEGER NOT NULL, -- 1 once it is used up
    used_by    BLOB,             -- idempotency key of the request that used it up; that request may be repeated
    expires_ms INTEGER NOT NULL,
    tries_left INTEGER NOT NULL,
    sent_ms    INTEGER NOT NULL,
    hour_ms    INTEGER NOT NULL, -- start of the hour that is counted
    hour_count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
