WITH got AS (SELECT rx, person, doctor, shop, item, day, cnt, price, amt FROM pickup WHERE doctor IS NOT NULL AND price > 0 AND cnt > 0 AND day BETWEEN :first AND :last),
tot AS (SELECT doctor, COUNT(DISTINCT rx) AS n FROM got GROUP BY doctor),
flow AS (SELECT doctor, shop, COUNT(DISTINCT rx) AS n FROM got GROUP BY doctor, shop),
steered AS (SELECT f.doctor, f.shop, f.n, 1.0 * f.n / t.n AS share FROM flow f JOIN tot t ON t.doctor = f.doctor WHERE f.n >= :min_n AND 1.0 * f.n / t.n >= :share),
asked AS (SELECT DISTINCT s.shop, g.item FROM steered s JOIN got g ON g.doctor = s.doctor AND g.shop = s.shop),
sold AS (SELECT l.item, l.inst AS shop, AVG(l.price) AS price FROM line l JOIN inst i ON i.inst = l.inst AND i.kind = 2 JOIN (SELECT DISTINCT item FROM asked) a ON a.item = l.item WHERE l.price > 0 AND l.cnt > 0 GROUP BY l.item, l.inst),
peer AS (
  SELECT a.shop, a.item, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY s.price NULLS LAST) AS mid FROM asked a JOIN sold s ON s.item = a.item AND s.shop <> a.shop GROUP BY a.shop, a.item
),
dear AS (
  SELECT s.doctor, s.shop, s.n, s.share, g.person, g.item, g.day, g.cnt, g.price, p.mid FROM steered s JOIN got g ON g.doctor = s.doctor AND g.shop = s.shop JOIN peer p ON p.shop = g.shop AND p.item = g.item
  WHERE g.price >= :price * p.mid
),
many AS (SELECT doctor, shop FROM dear GROUP BY doctor, shop HAVING COUNT(1) >= :min_n)
SELECT d.doctor AS case_key, d.doctor AS doctor, d.shop AS inst, d.person AS person, d.item AS item, d.day AS day, d.n AS n, d.share AS share, 1.0 * d.price / d.mid AS times,
       1.0 * d.price / 1000000 AS price, 1.0 * d.mid / 1000000 AS elsewhere, CAST(FLOOR(1.0 * (d.price - d.mid) * d.cnt / 100000000) AS BIGINT) AS money
FROM dear d JOIN many m ON m.doctor = d.doctor AND m.shop = d.shop
