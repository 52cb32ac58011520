-- own names that share few letters with the catalogue's; a name that several institutions use is an alias
WITH far AS (
  SELECT inst, item, own_name, std_name, sim, n, amt FROM naming WHERE sim < :min_sim * 10000 AND n >= :min_n
),
alias AS (
  SELECT item, own_name FROM naming GROUP BY item, own_name HAVING COUNT(DISTINCT inst) >= :alias_n
)
SELECT f.inst AS case_key, f.inst AS inst, f.item AS item, 1.0 * f.sim / 10000 AS sim, f.n AS n, f.own_name AS own_name, f.std_name AS std_name, f.amt AS money
FROM far f LEFT JOIN alias a ON a.item = f.item AND a.own_name = f.own_name
WHERE a.item IS NULL
