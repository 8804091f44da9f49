-- How many wait at a sampling point, as somebody there told, and how many were sampled there.
ALTER TABLE sampling_point ADD COLUMN waiting INTEGER;
ALTER TABLE sampling_point ADD COLUMN waiting_at_ms INTEGER;

-- Counts of samples by point: one row for each minute, removed within hours, and one for each day of the city.
CREATE TABLE sampling_load (
    span_min INTEGER NOT NULL, -- 1 or 1440
    start_ms INTEGER NOT NULL,
    point_id INTEGER NOT NULL,
    people   INTEGER NOT NULL, -- samples taken
    tubes    INTEGER NOT NULL, -- tubes opened
    PRIMARY KEY (span_min, start_ms, point_id)
) STRICT, WITHOUT ROWID;
