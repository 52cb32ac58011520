INSERT INTO person (person, addr) SELECT i, i FROM generate_series(1, 12) AS t(i);
INSERT INTO person (person, addr) SELECT 100 + i, 500 FROM generate_series(1, 12) AS t(i);
INSERT INTO pickup (rx, person, shop, item, day, amt, taker) SELECT i, i, 1, 5, 100, 9000, 1 FROM generate_series(1, 12) AS t(i);
INSERT INTO pickup (rx, person, shop, item, day, amt, taker) SELECT 100 + i, 100 + i, 1, 5, 100, 9000, 2 FROM generate_series(1, 12) AS t(i)
