-- The waiting room that all nodes share: one row, and nothing per person who waits. The first place is 1.

CREATE TABLE room (
    room_id        BIGINT           NOT NULL PRIMARY KEY,
    issued         BIGINT           NOT NULL, -- next place to be given out
    serving        BIGINT           NOT NULL, -- places below this one have been called
    capacity_per_s DOUBLE PRECISION NOT NULL  -- 0 when not known
);

INSERT INTO room (room_id, issued, serving, capacity_per_s) VALUES (1, 1, 1, 0.0);
