INSERT INTO inst (inst, kind, area, grp) VALUES (1, 1, 1, NULL), (2, 1, 1, 9), (11, 2, 1, NULL), (12, 2, 1, NULL), (13, 2, 1, 9), (14, 2, 1, NULL);
INSERT INTO box (box, setl, person, inst, item, day, part, amt) SELECT i, i, MOD(i, 2), 1, 5, 100, 0, 3000 FROM generate_series(1, 6) AS t(i);
INSERT INTO box (box, setl, person, inst, item, day, part, amt) SELECT i, 100 + i, 10 + i, 11, 5, 130, 0, 3000 FROM generate_series(1, 6) AS t(i);
INSERT INTO box (box, setl, person, inst, item, day, part, amt) SELECT 20 + i, 20 + i, 3, 1, 5, 100, 0, 3000 FROM generate_series(1, 4) AS t(i);
INSERT INTO box (box, setl, person, inst, item, day, part, amt) SELECT 20 + i, 120 + i, 10 + i, 12, 5, 130, 0, 3000 FROM generate_series(1, 4) AS t(i);
INSERT INTO box (box, setl, person, inst, item, day, part, amt) SELECT 40 + i, 40 + i, 4, 2, 5, 100, 0, 3000 FROM generate_series(1, 6) AS t(i);
INSERT INTO box (box, setl, person, inst, item, day, part, amt) SELECT 40 + i, 140 + i, 10 + i, 13, 5, 130, 0, 3000 FROM generate_series(1, 6) AS t(i);
INSERT INTO box (box, setl, person, inst, item, day, part, amt) SELECT 60 + i, 60 + i, 10 + i, 1, 5, 100, 0, 3000 FROM generate_series(1, 6) AS t(i);
INSERT INTO box (box, setl, person, inst, item, day, part, amt) SELECT 60 + i, 160 + i, 10 + i, 14, 5, 130, 0, 3000 FROM generate_series(1, 6) AS t(i)
