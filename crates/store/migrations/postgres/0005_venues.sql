-- Venues, a reference table, and their check-ins. Check-ins are kept twice: by venue, and a copy by person. The two are
-- never joined: on a cluster they lie on different machines. Both are cut into city days, so that retention is a drop;
-- the days are made by src/postgres/check_in_day.rs.

CREATE TABLE venue (
    venue_id      BIGINT NOT NULL PRIMARY KEY,
    name          TEXT   NOT NULL,
    venue_type    TEXT   NOT NULL,
    district_code BIGINT NOT NULL,
    created_ms    BIGINT NOT NULL
);

CREATE TABLE venue_check_in (
    venue_id    BIGINT  NOT NULL,
    day         INTEGER NOT NULL, -- city day, days since 1970-01-01
    check_in_id BYTEA   NOT NULL,
    at_ms       BIGINT  NOT NULL,
    person_id   BIGINT  NOT NULL,
    outcome     BIGINT  NOT NULL,
    staff_id    BIGINT,
    PRIMARY KEY (venue_id, day, check_in_id)
) PARTITION BY RANGE (day);

CREATE INDEX venue_check_in_by_time ON venue_check_in (venue_id, day, at_ms, check_in_id);

CREATE TABLE person_check_in (
    person_id   BIGINT  NOT NULL,
    day         INTEGER NOT NULL,
    at_ms       BIGINT  NOT NULL,
    check_in_id BYTEA   NOT NULL,
    venue_id    BIGINT  NOT NULL,
    outcome     BIGINT  NOT NULL,
    PRIMARY KEY (person_id, day, at_ms, check_in_id)
) PARTITION BY RANGE (day);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_reference_table('venue');
        PERFORM create_distributed_table('venue_check_in', 'venue_id', colocate_with => 'none');
        PERFORM create_distributed_table('person_check_in', 'person_id', colocate_with => 'person');
    END IF;
END
$$;
