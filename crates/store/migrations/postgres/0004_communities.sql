-- Communities: small and rarely written, a reference table.

CREATE TABLE community (
    community_id  BIGINT NOT NULL PRIMARY KEY,
    code          BIGINT NOT NULL,
    name          TEXT   NOT NULL,
    street        BIGINT NOT NULL,
    street_name   TEXT   NOT NULL,
    district      BIGINT NOT NULL,
    district_name TEXT   NOT NULL,
    group_count   BIGINT NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_reference_table('community');
    END IF;
END
$$;
