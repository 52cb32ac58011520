WITH m AS (
  SELECT item, MIN(ltype) AS ltype, month, COUNT(1) AS n, SUM(cnt) AS cnt, SUM(amt) AS amt, COUNT(DISTINCT person) AS persons FROM line WHERE day BETWEEN :first AND :last AND ltype BETWEEN :low AND :high GROUP BY item, month
),
whole AS (
  SELECT item, MIN(ltype) AS ltype, COUNT(1) AS n, CAST(SUM(cnt) AS BIGINT) AS cnt, CAST(SUM(amt) AS BIGINT) AS money, COUNT(DISTINCT inst) AS insts, COUNT(DISTINCT doctor) AS doctors, COUNT(DISTINCT person) AS persons,
         PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY price NULLS LAST) AS price, MIN(price) AS low, MAX(price) AS high
  FROM line WHERE day BETWEEN :first AND :last AND ltype BETWEEN :low AND :high AND cnt > 0 GROUP BY item
)
SELECT w.item AS item, w.ltype AS ltype, w.n AS n, w.cnt AS cnt, w.money AS money, w.insts AS insts, w.doctors AS doctors, w.persons AS persons, w.price AS price, w.low AS low, w.high AS high,
       COALESCE((SELECT SUM(m.amt) FROM m WHERE m.item = w.item AND m.month = :month), 0) AS now, COALESCE((SELECT SUM(m.amt) FROM m WHERE m.item = w.item AND m.month = :month - 1), 0) AS before, t.generic AS generic
FROM whole w LEFT JOIN item t ON t.item = w.item ORDER BY w.money DESC
