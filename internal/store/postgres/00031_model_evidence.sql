-- +goose Up
-- What a model's finding rests on, as it was sent: institutions answer to it, and it stays when the run is gone.
CREATE TABLE model_evidence (
    finding_id TEXT COLLATE "C" NOT NULL,
    body       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (finding_id)
);
-- +goose Down
DROP TABLE model_evidence;
