INSERT INTO ecode (person, device, day, t, act) SELECT i, 1, 100, 100 * 86400 + i * 300, 2 FROM generate_series(1, 6) AS t(i);
INSERT INTO ecode (person, device, day, t, act) SELECT 20 + i, 2, 100, 100 * 86400 + i * 300, 1 FROM generate_series(1, 12) AS t(i);
INSERT INTO setl (setl, visit, person, inst, day, fee) SELECT i, i, i, 1, 100, 5000 FROM generate_series(1, 6) AS t(i);
INSERT INTO setl (setl, visit, person, inst, day, fee) SELECT 20 + i, 20 + i, 20 + i, 1, 100 + 30 * i, 5000 FROM generate_series(1, 12) AS t(i)
