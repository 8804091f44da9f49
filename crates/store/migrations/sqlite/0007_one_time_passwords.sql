-- One waiting code per phone, and how often codes were sent within the hour.

CREATE TABLE one_time_password (
    phone_tag  BLOB    NOT NULL PRIMARY KEY,
    code_hash  BLOB,             -- none once it is used up
    expires_ms INTEGER NOT NULL,
    tries_left INTEGER NOT NULL,
    sent_ms    INTEGER NOT NULL,
    hour_ms    INTEGER NOT NULL, -- start of the hour that is counted
    hour_count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
