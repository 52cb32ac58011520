INSERT INTO visit (visit, person, inst, setting, day_in) SELECT i, i, 1, 2, 100 FROM generate_series(1, 20) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in) SELECT 100 + i, 100 + i, 2, 2, 100 FROM generate_series(1, 20) AS t(i);
INSERT INTO order_text (visit, person, inst, item, day, body) SELECT i, i, 1, 7, 101, '人血白蛋白（外购）' FROM generate_series(1, 8) AS t(i);
INSERT INTO order_text (visit, person, inst, item, day, body) SELECT 100 + i, 100 + i, 2, 7, 101, '人血白蛋白（外购）' FROM generate_series(1, 8) AS t(i);
INSERT INTO pickup (rx, person, shop, item, day) SELECT 100 + i, 100 + i, 5, 7, 101 FROM generate_series(1, 8) AS t(i)
