WITH dear AS (SELECT rx, MIN(person) AS person, MIN(doctor) AS doctor, MIN(inst) AS inst, shop, MIN(item) AS item, MIN(day) AS day, SUM(amt) AS amt FROM pickup WHERE amt >= :min_price AND doctor IS NOT NULL AND day BETWEEN :first AND :last GROUP BY rx, shop),
tot AS (SELECT doctor, COUNT(1) AS n FROM dear GROUP BY doctor),
pair_n AS (SELECT doctor, shop, COUNT(1) AS n FROM dear GROUP BY doctor, shop),
area_n AS (SELECT i.area, COUNT(1) AS n FROM dear d JOIN inst i ON i.inst = d.shop GROUP BY i.area),
shop_n AS (SELECT d.shop, MIN(i.area) AS area, COUNT(1) AS n FROM dear d JOIN inst i ON i.inst = d.shop GROUP BY d.shop)
SELECT d.doctor AS case_key, d.doctor AS doctor, d.shop AS inst, d.person AS person, d.item AS item, d.day AS day, p.n AS n, 1.0 * p.n / t.n AS share, 1.0 * s.n / a.n AS local, d.amt AS money
FROM dear d JOIN pair_n p ON p.doctor = d.doctor AND p.shop = d.shop JOIN tot t ON t.doctor = d.doctor JOIN shop_n s ON s.shop = d.shop JOIN area_n a ON a.area = s.area
WHERE p.n >= :min_n AND 1.0 * p.n / t.n >= :share AND 1.0 * s.n / a.n <= :local
