-- Campaigns, what districts refine in them, whom closing gave the reason, and what people declare.
-- A number is given out once. The id in the document is free again after a withdrawal (state 6).

CREATE TABLE campaign (
    number       INTEGER NOT NULL PRIMARY KEY,
    id           TEXT    NOT NULL,
    document     TEXT    NOT NULL,
    state        INTEGER NOT NULL, -- 0 draft, 1 approved, 2 running, 3 closing, 4 closed, 5 reversed, 6 withdrawn
    version      INTEGER NOT NULL, -- rises by one with every change
    drafted_by   INTEGER NOT NULL,
    drafted_ms   INTEGER NOT NULL,
    approved_by  INTEGER,
    approved_ms  INTEGER,
    started_by   INTEGER,
    started_ms   INTEGER,
    asked_by     INTEGER,          -- who asked to close it
    asked_ms     INTEGER,
    counts       TEXT,             -- JSON: what was said about the closing when it was asked for
    most_given   INTEGER,          -- how many people closing may give the reason at most
    closing_by   INTEGER,          -- who approved the closing
    closing_ms   INTEGER,
    closed_by    INTEGER,
    closed_ms    INTEGER,
    reversed_by  INTEGER,
    reversed_ms  INTEGER,
    withdrawn_by INTEGER,
    withdrawn_ms INTEGER,
    given        INTEGER NOT NULL, -- people in campaign_given, and how many of them are undone
    undone       INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX campaign_by_id ON campaign (id) WHERE state <> 6;

CREATE TABLE campaign_refinement (
    number        INTEGER NOT NULL,
    refinement_no INTEGER NOT NULL, -- from 1; among equals the last counts
    scope         TEXT    NOT NULL, -- JSON
    windows       TEXT    NOT NULL, -- JSON
    refined_by    INTEGER NOT NULL,
    refined_ms    INTEGER NOT NULL,
    PRIMARY KEY (number, refinement_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_given (
    person_id INTEGER NOT NULL,
    campaign  INTEGER NOT NULL,
    since_ms  INTEGER NOT NULL, -- of the reason
    undone_ms INTEGER,
    PRIMARY KEY (person_id, campaign)
) STRICT, WITHOUT ROWID;

-- A reversal takes the people of a campaign page by page.
CREATE INDEX campaign_given_open ON campaign_given (campaign, person_id) WHERE undone_ms IS NULL;

CREATE TABLE declaration (
    person_id      INTEGER NOT NULL,
    declaration_id BLOB    NOT NULL, -- 16 random bytes
    campaign       INTEGER,
    kind           INTEGER NOT NULL, -- 0 vaccinated, 1 outside the city, 2 at work
    sampled_ms     INTEGER,
    evidence_kind  INTEGER NOT NULL, -- 0 none, the community vouches; 1 EU certificate, 2 upload
    evidence       BLOB,             -- sealed
    community_id   INTEGER,          -- the person's when it was declared
    declared_by    INTEGER,          -- staff; null for the person
    declared_ms    INTEGER NOT NULL,
    review         INTEGER NOT NULL, -- 1 waiting, 2 accepted, 3 refused
    reviewed_by    INTEGER,
    reviewed_ms    INTEGER,
    remark         TEXT,
    PRIMARY KEY (person_id, declaration_id)
) STRICT;

-- Lists are oldest first; evidence makes rows long, so the index holds what lists are chosen by.
CREATE INDEX declaration_by_time ON declaration (declared_ms, declaration_id, review, community_id, campaign);

INSERT INTO sequence (name, next) VALUES ('campaign', 1);
