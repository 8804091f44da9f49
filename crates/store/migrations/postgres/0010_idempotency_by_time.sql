-- Outcomes past their time are found without reading all of them.

CREATE INDEX idempotency_by_time ON idempotency (at_ms);
