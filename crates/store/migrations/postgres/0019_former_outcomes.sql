-- What a person's result said before the lab corrected it, and when the correction was posted: both, or neither.
ALTER TABLE test_result ADD COLUMN former_outcome BIGINT;
ALTER TABLE test_result ADD COLUMN corrected_ms BIGINT;
