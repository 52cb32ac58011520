INSERT INTO inst (inst, kind, area) VALUES (1, 2, 1), (2, 2, 1), (3, 2, 1), (4, 2, 2);
INSERT INTO pickup (rx, person, shop, doctor, inst, item, day, amt) SELECT i, i, 1, 1, 9, 5, 100, 90000 FROM generate_series(1, 14) AS t(i);
INSERT INTO pickup (rx, person, shop, doctor, inst, item, day, amt) SELECT 100 + i, 100 + i, 2 + MOD(i, 2), 2, 9, 5, 100, 90000 FROM generate_series(1, 20) AS t(i);
INSERT INTO pickup (rx, person, shop, doctor, inst, item, day, amt) SELECT d * 100 + i, d * 100 + i, 4, d, 9, 5, 100, 90000 FROM generate_series(21, 24) AS u(d), generate_series(1, 14) AS t(i)
