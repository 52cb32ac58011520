-- +goose Up
-- Work that one server of an installation does a day at a time: who does it now, until when, and for which day it was done last.
CREATE TABLE duty (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until_at BIGINT NOT NULL, -- 0 = nobody does it
    done_day TEXT NOT NULL, -- yyyy-MM-dd in China; '' = never
    done_at BIGINT NOT NULL,
    said TEXT NOT NULL
);

-- The trail is read by who, what and when.
CREATE INDEX trail_actor ON trail (actor, at);
CREATE INDEX trail_object ON trail (object, at);

-- +goose Down
DROP INDEX trail_object;
DROP INDEX trail_actor;
DROP TABLE duty;
