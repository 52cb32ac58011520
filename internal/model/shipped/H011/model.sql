WITH per AS (SELECT doctor, COUNT(DISTINCT person) AS n, 1.0 * SUM(passed) / COUNT(1) AS pass FROM chronic WHERE doctor IS NOT NULL GROUP BY doctor),
peer AS (SELECT COUNT(1) AS peers, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY n NULLS LAST) AS mid FROM per)
SELECT p.doctor AS case_key, p.doctor AS doctor, p.n AS n, q.mid AS peer, p.pass AS pass, q.peers AS peers, 0 AS money
FROM per p JOIN peer q ON q.peers >= :min_peers
WHERE p.n >= :min_n AND p.n >= :times * q.mid AND p.pass >= :pass
