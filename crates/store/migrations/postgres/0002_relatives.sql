-- Who shows whose code. Both sides have a table of their own, so that each count is local to one key.

CREATE TABLE relative (
    person_id   BIGINT NOT NULL, -- the holder
    relative_id BIGINT NOT NULL,
    relation    BIGINT NOT NULL,
    slot        BIGINT NOT NULL,
    added_ms    BIGINT NOT NULL,
    PRIMARY KEY (person_id, relative_id)
);

CREATE TABLE relative_holder (
    person_id BIGINT NOT NULL, -- the relative
    holder_id BIGINT NOT NULL,
    relation  BIGINT NOT NULL,
    PRIMARY KEY (person_id, holder_id)
);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_distributed_table('relative', 'person_id', colocate_with => 'person');
        PERFORM create_distributed_table('relative_holder', 'person_id', colocate_with => 'person');
    END IF;
END
$$;
