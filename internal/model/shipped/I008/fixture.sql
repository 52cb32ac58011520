INSERT INTO person (person, addr) SELECT i, i FROM generate_series(1, 6) AS t(i);
INSERT INTO person (person, addr) SELECT 20 + i, 9 FROM generate_series(1, 12) AS t(i);
INSERT INTO person (person, addr) SELECT 40 + i, 100 + i FROM generate_series(1, 4) AS t(i);
INSERT INTO visit (visit, person, inst, day_in, agent, fee) SELECT i, i, 1, 100 + i, 1, 1000 FROM generate_series(1, 6) AS t(i);
INSERT INTO visit (visit, person, inst, day_in, agent, fee) SELECT 20 + i, 20 + i, 1, 100, 2, 1000 FROM generate_series(1, 12) AS t(i);
INSERT INTO visit (visit, person, inst, day_in, agent, fee) SELECT 40 + i, 40 + i, 1, 100, 3, 1000 FROM generate_series(1, 4) AS t(i)
