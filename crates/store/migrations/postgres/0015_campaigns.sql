-- Campaigns, what districts refine in them, whom closing gave the reason, and what people declare.
-- A number is given out once. The id in the document is free again after a withdrawal (state 6).
-- On Citus: campaigns and refinements on the coordinator, few rows; what is of a person lies with the person.

CREATE TABLE campaign (
    number       BIGINT NOT NULL PRIMARY KEY,
    id           TEXT   NOT NULL,
    document     TEXT   NOT NULL,
    state        BIGINT NOT NULL, -- 0 draft, 1 approved, 2 running, 3 closing, 4 closed, 5 reversed, 6 withdrawn
    version      BIGINT NOT NULL, -- rises by one with every change
    drafted_by   BIGINT NOT NULL,
    drafted_ms   BIGINT NOT NULL,
    approved_by  BIGINT,
    approved_ms  BIGINT,
    started_by   BIGINT,
    started_ms   BIGINT,
    asked_by     BIGINT,          -- who asked to close it
    asked_ms     BIGINT,
    counts       TEXT,            -- JSON: what was said about the closing when it was asked for
    most_given   BIGINT,          -- how many people closing may give the reason at most
    closing_by   BIGINT,          -- who approved the closing
    closing_ms   BIGINT,
    closed_by    BIGINT,
    closed_ms    BIGINT,
    reversed_by  BIGINT,
    reversed_ms  BIGINT,
    withdrawn_by BIGINT,
    withdrawn_ms BIGINT,
    given        BIGINT NOT NULL, -- people in campaign_given, and how many of them are undone
    undone       BIGINT NOT NULL
);

CREATE UNIQUE INDEX campaign_by_id ON campaign (id) WHERE state <> 6;

CREATE TABLE campaign_refinement (
    number        BIGINT NOT NULL,
    refinement_no BIGINT NOT NULL, -- from 1; among equals the last counts
    scope         TEXT   NOT NULL, -- JSON
    windows       TEXT   NOT NULL, -- JSON
    refined_by    BIGINT NOT NULL,
    refined_ms    BIGINT NOT NULL,
    PRIMARY KEY (number, refinement_no)
);

CREATE TABLE campaign_given (
    person_id BIGINT NOT NULL,
    campaign  BIGINT NOT NULL,
    since_ms  BIGINT NOT NULL, -- of the reason
    undone_ms BIGINT,
    PRIMARY KEY (person_id, campaign)
);

-- A reversal takes the people of a campaign page by page.
CREATE INDEX campaign_given_open ON campaign_given (campaign, person_id) WHERE undone_ms IS NULL;

CREATE TABLE declaration (
    person_id      BIGINT NOT NULL,
    declaration_id BYTEA  NOT NULL, -- 16 random bytes
    campaign       BIGINT,
    kind           BIGINT NOT NULL, -- 0 vaccinated, 1 outside the city, 2 at work
    sampled_ms     BIGINT,
    evidence_kind  BIGINT NOT NULL, -- 0 none, the community vouches; 1 EU certificate, 2 upload
    evidence       BYTEA,           -- sealed
    community_id   BIGINT,          -- the person's when it was declared
    declared_by    BIGINT,          -- staff; null for the person
    declared_ms    BIGINT NOT NULL,
    review         BIGINT NOT NULL, -- 1 waiting, 2 accepted, 3 refused
    reviewed_by    BIGINT,
    reviewed_ms    BIGINT,
    remark         TEXT,
    PRIMARY KEY (person_id, declaration_id)
);

-- Lists are oldest first.
CREATE INDEX declaration_by_time ON declaration (declared_ms, declaration_id, review, community_id, campaign);

INSERT INTO sequence (name, next) VALUES ('campaign', 1);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_distributed_table('campaign_given', 'person_id', colocate_with => 'person');
        PERFORM create_distributed_table('declaration', 'person_id', colocate_with => 'person');
    END IF;
END
$$;
