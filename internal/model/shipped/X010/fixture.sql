INSERT INTO inst (inst, kind, level, lon, lat) VALUES (1, 1, 1, 116400000, 31600000), (2, 1, 1, 116400000, 31600000), (3, 1, 2, 116400000, 31600000);
INSERT INTO place (area, lon, lat) VALUES (1, 116400000, 31600000), (2, 116400000, 33600000);
INSERT INTO person (person, addr_area) SELECT i, CASE WHEN i <= 20 THEN 2 ELSE 1 END FROM generate_series(1, 60) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, fee) SELECT h * 1000 + i, i, h, CASE WHEN h = 2 AND i <= 20 THEN 5 ELSE 1 END, 100, 1000 FROM generate_series(1, 3) AS u(h), generate_series(1, 60) AS t(i)
