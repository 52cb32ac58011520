INSERT INTO visit (visit, person, inst, setting, insutype, course, dise, day_in, fund) SELECT i, i, 1, 4, 310, 0, 1, 100, 20000 + i FROM generate_series(1, 60) AS t(i);
INSERT INTO visit (visit, person, inst, setting, insutype, course, dise, day_in, fund) VALUES (99, 99, 1, 4, 310, 0, 1, 100, 400000), (98, 98, 1, 4, 310, 1, 1, 100, 400000)
