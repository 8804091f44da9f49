-- How many wait at a sampling point, as somebody there told, and how many were sampled there.
ALTER TABLE sampling_point ADD COLUMN waiting BIGINT;
ALTER TABLE sampling_point ADD COLUMN waiting_at_ms BIGINT;

-- Counts of samples by point: one row for each minute, removed within hours, and one for each day of the city.
CREATE TABLE sampling_load (
    span_min BIGINT NOT NULL, -- 1 or 1440
    start_ms BIGINT NOT NULL,
    point_id BIGINT NOT NULL,
    people   BIGINT NOT NULL, -- samples taken
    tubes    BIGINT NOT NULL, -- tubes opened
    PRIMARY KEY (span_min, start_ms, point_id)
);
