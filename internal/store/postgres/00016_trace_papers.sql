-- +goose Up
CREATE TABLE trace_paper (
    paper_id TEXT COLLATE "C" NOT NULL,
    clue_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    mime TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (paper_id)
);
CREATE INDEX trace_paper_clue ON trace_paper (clue_id);
CREATE INDEX finding_line_sn ON finding_line (feedetl_sn);

-- +goose Down
DROP INDEX finding_line_sn;
DROP TABLE trace_paper;
