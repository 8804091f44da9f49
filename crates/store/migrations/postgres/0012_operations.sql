-- What operators have set for all nodes: one row. Null means as shipped, and no notice.

CREATE TABLE operations (
    operations_id BIGINT NOT NULL PRIMARY KEY,
    version       BIGINT NOT NULL, -- rises by one with every change
    settings      TEXT,            -- JSON
    switches      TEXT,            -- JSON
    notice_zh     TEXT,
    notice_en     TEXT,
    notice_level  TEXT,
    notice_ms     BIGINT,
    changed_by    BIGINT,
    changed_ms    BIGINT
);

INSERT INTO operations (operations_id, version) VALUES (1, 0);
