-- One waiting code per phone, and how often codes were sent within the hour. On the coordinator of a cluster.

CREATE TABLE one_time_password (
    phone_tag  BYTEA   NOT NULL PRIMARY KEY,
    code_hash  BYTEA   NOT NULL,
    used       BOOLEAN NOT NULL, -- true once it is used up
    used_by    BYTEA,            -- idempotency key of the request that used it up; that request may be repeated
    expires_ms BIGINT  NOT NULL,
    tries_left BIGINT  NOT NULL,
    sent_ms    BIGINT  NOT NULL,
    hour_ms    BIGINT  NOT NULL, -- start of the hour that is counted
    hour_count BIGINT  NOT NULL
);
