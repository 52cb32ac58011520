-- +goose Up
-- A number that is voided stays in the register; the document may then be given another.
ALTER TABLE paper_number ADD COLUMN voided_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE paper_number ADD COLUMN voided_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE paper_number ADD COLUMN void_why TEXT COLLATE "C" NOT NULL DEFAULT '';
DROP INDEX paper_number_object;
CREATE UNIQUE INDEX paper_number_object ON paper_number (kind, object) WHERE voided_at = 0;

-- +goose Down
DROP INDEX paper_number_object;
DELETE FROM paper_number WHERE voided_at <> 0;
ALTER TABLE paper_number DROP COLUMN void_why;
ALTER TABLE paper_number DROP COLUMN voided_by;
ALTER TABLE paper_number DROP COLUMN voided_at;
CREATE UNIQUE INDEX paper_number_object ON paper_number (kind, object);
