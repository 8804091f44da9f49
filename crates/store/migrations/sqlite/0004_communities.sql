-- Communities: small and rarely written, a reference table.

CREATE TABLE community (
    community_id  INTEGER NOT NULL PRIMARY KEY,
    code          INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    street        INTEGER NOT NULL,
    street_name   TEXT    NOT NULL,
    district      INTEGER NOT NULL,
    district_name TEXT    NOT NULL,
    group_count   INTEGER NOT NULL
) STRICT;
