-- Jobs that one node does for all: who does it, and until when nobody else does. Clocks may differ, so a lease saves work;
-- nothing goes wrong when two nodes do the same job.

CREATE TABLE lease (
    name     TEXT    NOT NULL PRIMARY KEY,
    holder   TEXT    NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;
