-- Who shows whose code. Both sides have a table of their own, so that each count is local to one key.

CREATE TABLE relative (
    person_id   INTEGER NOT NULL, -- the holder
    relative_id INTEGER NOT NULL,
    relation    INTEGER NOT NULL,
    slot        INTEGER NOT NULL,
    added_ms    INTEGER NOT NULL,
    PRIMARY KEY (person_id, relative_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE relative_holder (
    person_id INTEGER NOT NULL, -- the relative
    holder_id INTEGER NOT NULL,
    relation  INTEGER NOT NULL,
    PRIMARY KEY (person_id, holder_id)
) STRICT, WITHOUT ROWID;
