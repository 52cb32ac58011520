INSERT INTO setl (setl, visit, person, inst, day, fee) SELECT h * 10 + i, h * 10 + i, i, h, 100, 8000 FROM generate_series(1, 2) AS u(h), generate_series(1, 5) AS t(i);
INSERT INTO receipt (inst, setl, receipt, line, goods, medical, amt) SELECT inst, setl, setl, 1, '食用油', 0, 7000 FROM setl;
INSERT INTO receipt (inst, setl, receipt, line, goods, medical, amt) SELECT inst, setl, setl, 2, '感冒药', 1, CASE WHEN inst = 1 THEN 1000 ELSE 8000 END FROM setl
