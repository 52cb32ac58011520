INSERT INTO exam (visit, person, inst, report, day, image, images) SELECT i, i, 1, i, 100, 77, 3 FROM generate_series(1, 4) AS t(i);
INSERT INTO exam (visit, person, inst, report, day, image, images) SELECT 10, 10, 2, 100 + i, 100, 88, 3 FROM generate_series(1, 4) AS t(i);
INSERT INTO exam (visit, person, inst, report, day, image, images) VALUES (11, 11, 2, 200, 100, 99, 0)
