WITH per AS (
  SELECT v.inst, i.level, SUM(CASE WHEN v.setting = 2 AND v.course = 0 THEN 1 ELSE 0 END) AS stays, SUM(CASE WHEN v.setting IN (1, 4, 5) THEN 1 ELSE 0 END) AS outs
  FROM visit v JOIN inst i ON i.inst = v.inst AND i.kind = 1 AND i.level > 0 WHERE v.day_in BETWEEN :first AND :last GROUP BY v.inst, i.level
),
enough AS (SELECT inst, level, stays, outs, 1.0 * stays / outs AS ratio FROM per WHERE outs >= :min_out AND stays >= :least),
peer AS (
  SELECT level, COUNT(1) AS peers, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY ratio NULLS LAST) AS mid, PERCENTILE_CONT(:pct) WITHIN GROUP (ORDER BY ratio NULLS LAST) AS top
  FROM enough GROUP BY level HAVING COUNT(1) >= :min_peers
)
SELECT e.inst AS case_key, e.inst AS inst, e.ratio AS ratio, p.mid AS peer, e.stays AS stays, e.outs AS outs, p.peers AS peers, 0 AS money
FROM enough e JOIN peer p ON p.level = e.level WHERE e.stays >= :min_stays AND e.ratio >= p.top AND e.ratio >= :times * p.mid
