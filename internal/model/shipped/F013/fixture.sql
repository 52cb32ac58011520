INSERT INTO exam (visit, inst, device, day, report) SELECT i, 1, 7, 100, i FROM generate_series(1, 110) AS t(i);
INSERT INTO exam (visit, inst, device, day, report) SELECT MOD(i, 80), 2, 8, 100, 1000 + i FROM generate_series(1, 110) AS t(i)
