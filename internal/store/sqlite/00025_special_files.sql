-- +goose Up
CREATE TABLE special_file (
    file_id TEXT NOT NULL,
    special_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (file_id)
);
CREATE INDEX special_file_case ON special_file (special_id, at);
