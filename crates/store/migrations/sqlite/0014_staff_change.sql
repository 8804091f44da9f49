-- What nodes have to hear about staff at once: sessions that ended before their time, and that an account was made or changed.

CREATE TABLE staff_change (
    change     INTEGER PRIMARY KEY, -- from the sequence 'staff-change'
    session_id BLOB,                -- the session that ended; none: an account was made, disabled or enabled
    until_ms   INTEGER NOT NULL     -- of no interest after that
) STRICT;

INSERT INTO sequence (name, next) VALUES ('staff-change', 1);
