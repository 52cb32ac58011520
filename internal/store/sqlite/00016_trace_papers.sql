-- +goose Up
CREATE TABLE trace_paper (
    paper_id TEXT NOT NULL,
    clue_id TEXT NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    content TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (paper_id)
);
CREATE INDEX trace_paper_clue ON trace_paper (clue_id);
CREATE INDEX finding_line_sn ON finding_line (feedetl_sn);

-- +goose Down
DROP INDEX finding_line_sn;
DROP TABLE trace_paper;
