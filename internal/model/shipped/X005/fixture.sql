INSERT INTO inst (inst, kind) VALUES (1, 2), (2, 2), (3, 2);
INSERT INTO pickup (rx, person, shop, doctor, item, day, cnt, price, amt) SELECT d * 100 + i, i, d, d, 5, 100, 10000, CASE WHEN d = 1 THEN 90000000 ELSE 40000000 END, 9000 FROM generate_series(1, 2) AS u(d), generate_series(1, 14) AS t(i);
INSERT INTO line (line, inst, item, cnt, price) VALUES (1, 1, 5, 10000, 90000000), (2, 2, 5, 10000, 40000000), (3, 3, 5, 10000, 41000000)
