INSERT INTO line (line, visit, person, inst, item, ltype, day, cnt, amt) VALUES (1, 1, 1, 1, 10, 301, 100, 10000, 900000), (2, 2, 2, 1, 10, 301, 100, 10000, 900000), (3, 3, 3, 1, 10, 301, 100, 10000, 900000), (4, 3, 3, 1, 12, 301, 100, 10000, 900000);
INSERT INTO implant (visit, inst, item, udi) VALUES (1, 1, 11, 1), (2, 1, 10, 2), (3, 1, 10, 3)
