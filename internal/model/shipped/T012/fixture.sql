INSERT INTO due (visit, inst, day, month, item, boxes, scanned, amt) SELECT i, 1, 100, 24310, 7, 1, CASE WHEN i <= 35 THEN 1 ELSE 0 END, 900 FROM generate_series(1, 40) AS t(i);
INSERT INTO due (visit, inst, day, month, item, boxes, scanned, amt) SELECT 100 + i, 2, 100, 24310, 7, 1, CASE WHEN i <= 95 THEN 1 ELSE 0 END, 900 FROM generate_series(1, 100) AS t(i);
INSERT INTO due (visit, inst, day, month, item, boxes, scanned, amt) SELECT 300 + i, 3, 100, 24310, 7, 1, 0, 900 FROM generate_series(1, 100) AS t(i);
INSERT INTO due (visit, inst, day, month, item, boxes, scanned, amt) SELECT 500 + i, 4, 100, 24310, 7, 1, CASE WHEN i <= 10 THEN 1 ELSE 0 END, 900 FROM generate_series(1, 19) AS t(i)
