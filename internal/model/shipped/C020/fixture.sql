INSERT INTO inst (inst, kind, level) VALUES (1, 1, 2);
INSERT INTO visit (visit, person, inst, setting, day_in, day_out, fee, diag3, resc) SELECT i, i, 1, 2, 100, 108, 600000 + i * 1000, 5, 0 FROM generate_series(1, 50) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, day_out, fee, diag3, resc) VALUES (99, 99, 1, 2, 100, 108, 5000000, 5, 0), (98, 98, 1, 2, 100, 108, 5000000, 5, 1);
INSERT INTO visit (visit, person, inst, setting, day_in, day_out, fee, diag3, resc) SELECT 300 + i, 300 + i, 1, 2, 100, 104, CASE WHEN i <= 52 THEN 16000 ELSE 520000 + i * 1000 END, 6, 0 FROM generate_series(1, 60) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, day_out, fee, diag3, resc) VALUES (97, 97, 1, 2, 100, 106, 900000, 6, 0)
