-- +goose Up
CREATE TABLE special_file (
    file_id TEXT COLLATE "C" NOT NULL,
    special_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    media TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    uploaded_by TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (file_id)
);
CREATE INDEX special_file_case ON special_file (special_id, at);
