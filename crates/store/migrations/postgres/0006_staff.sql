-- Staff accounts and the claims that keep their names unique. Not reference tables: with a worker away, staff whose
-- accounts lie on the others can still log in.

CREATE TABLE staff (
    staff_id      BIGINT NOT NULL PRIMARY KEY,
    name          TEXT   NOT NULL,
    role          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    totp_secret   BYTEA  NOT NULL, -- sealed
    totp_step     BIGINT,          -- last time step used
    venue_id      BIGINT,
    disabled_ms   BIGINT,
    created_ms    BIGINT NOT NULL
);

CREATE TABLE staff_name (
    name     TEXT   NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_distributed_table('staff', 'staff_id', colocate_with => 'none');
        PERFORM create_distributed_table('staff_name', 'name', colocate_with => 'none');
    END IF;
END
$$;
