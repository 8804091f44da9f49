-- The waiting room that all nodes share: one row, and nothing per person who waits. The first place is 1.

CREATE TABLE room (
    room_id        INTEGER NOT NULL PRIMARY KEY,
    issued         INTEGER NOT NULL, -- next place to be given out
    serving        INTEGER NOT NULL, -- places below this one have been called
    capacity_per_s REAL    NOT NULL  -- 0 when not known
) STRICT;

INSERT INTO room (room_id, issued, serving, capacity_per_s) VALUES (1, 1, 1, 0.0);
