INSERT INTO inst (inst, kind, level, beds) VALUES (1, 1, 1, 10), (2, 1, 1, 10);
INSERT INTO visit (visit, inst, setting, day_in, day_out, daysurg) SELECT i, 1, 2, 100, 106, 0 FROM generate_series(1, 14) AS t(i);
INSERT INTO visit (visit, inst, setting, day_in, day_out, daysurg) SELECT 100 + i, 2, 2, 100, 106, 0 FROM generate_series(1, 10) AS t(i);
INSERT INTO visit (visit, inst, setting, day_in, day_out, daysurg) SELECT 200 + i, 2, 2, 101, 102, 1 FROM generate_series(1, 10) AS t(i)
