-- Venues. Their check-ins are in tables made per city day: venue_check_in_YYYYMMDD keyed by venue, and the copy
-- person_check_in_YYYYMMDD keyed by person, so that retention is a drop (see src/sqlite/check_in_day.rs).

CREATE TABLE venue (
    venue_id      INTEGER NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    venue_type    TEXT    NOT NULL,
    district_code INTEGER NOT NULL,
    created_ms    INTEGER NOT NULL
) STRICT;
