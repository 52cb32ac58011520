INSERT INTO proof (person, dise, proof, digest, day, doctor) SELECT i, 1, i, 1234567890123456789, 100, 3 FROM generate_series(1, 3) AS t(i);
INSERT INTO proof (person, dise, proof, digest, day, doctor) SELECT 21, i, 20 + i, 2222222222222222222, 100, 3 FROM generate_series(1, 3) AS t(i);
INSERT INTO proof (person, dise, proof, body, day, doctor) SELECT 30 + i, 1, 30 + i, '高血压病史', 100, 3 FROM generate_series(1, 3) AS t(i)
