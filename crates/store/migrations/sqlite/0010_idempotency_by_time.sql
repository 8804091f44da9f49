-- Outcomes past their time are found without reading all of them; the purge runs in the writer's thread.

CREATE INDEX idempotency_by_time ON idempotency (at_ms);
