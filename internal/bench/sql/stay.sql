-- Stays (规则口径 "住院段"): in-patient visits of one person at one institution that follow each other within a day and
-- were not really ended in between.
-- gone: visits all of whose settlements were reversed and that have no open line.
reversed AS MATERIALIZED (
  SELECT visit_key FROM settlement GROUP BY visit_key HAVING bool_and(setl_key IN (SELECT setl_key FROM undone))
),
gone AS MATERIALIZED (
  SELECT visit_key FROM reversed ANTI JOIN (SELECT visit_key FROM fee SEMI JOIN reversed USING (visit_key) WHERE setl_key = 0 AND cnt > 0) USING (visit_key)
),
settled AS MATERIALIZED (
  SELECT visit_key, bool_or(is_mid) AS mid, min_by(month, clock) AS month FROM live GROUP BY visit_key
),
ward AS MATERIALIZED (
  SELECT v.pers, v.inst, v.visit_key, v.mdtrt_id, v.begin, v.ended, v.since, coalesce(s.mid, false) AS mid, s.month,
         (v.dscg_way IS NULL OR num(v.dscg_way) = 9) AS no_way, coalesce(v.ipt_otp_no, '') AS ipt,
         row_number() OVER (PARTITION BY v.pers, v.inst ORDER BY v.begin, v.mdtrt_id) AS k,
         count(*) OVER (PARTITION BY v.pers, v.inst) AS n
  FROM visit v JOIN med_type m ON m.code = v.med_type AND m.setting & 1 = 1
  ANTI JOIN gone USING (visit_key)
  LEFT JOIN settled s USING (visit_key)
),
-- chain: visit after visit where a person has several, keeping what the stay is so far.
several AS MATERIALIZED (SELECT pers, inst, k, visit_key, begin, ended, mid, no_way, ipt FROM ward WHERE n > 1),
chain AS (
  SELECT pers, inst, k, visit_key, visit_key AS stay, ended AS until, mid, no_way, ipt FROM several WHERE k = 1
  UNION ALL
  SELECT pers, inst, k, visit_key, CASE WHEN joined THEN stay ELSE visit_key END,
         CASE WHEN joined AND ended IS NOT NULL THEN greatest(until, ended) ELSE ended END, mid, no_way, ipt
  FROM (
    SELECT w.*, c.stay, c.until, c.until IS NOT NULL AND day_of(w.begin) - day_of(c.until) <= 1
           AND (c.no_way OR c.mid OR (c.ipt <> '' AND c.ipt = w.ipt)) AS joined
    FROM chain c JOIN several w ON w.pers = c.pers AND w.inst = c.inst AND w.k = c.k + 1
  )
),
member AS MATERIALIZED (
  SELECT w.*, coalesce(c.stay, w.visit_key) AS stay FROM ward w LEFT JOIN chain c USING (visit_key)
),
stay AS MATERIALIZED (
  SELECT stay, any_value(pers) AS pers, any_value(inst) AS inst, min_by(begin, k) AS begin, min_by(mdtrt_id, k) AS first_id,
         max_by(mdtrt_id, k) AS last_id, coalesce(max_by(coalesce(month, -1), k), -1) AS month, day_of(min_by(since, k)) AS since_day,
         -- a stay that goes on is judged to the end of the month
         bool_or(ended IS NULL) AS open, CASE WHEN bool_or(ended IS NULL) THEN last_day() ELSE day_of(max(ended)) END AS out_day
  FROM member GROUP BY stay
),
stay_of AS NOT MATERIALIZED (
  SELECT m.visit_key, m.stay, greatest(1, s.out_day - s.since_day) AS los FROM member m JOIN stay s USING (stay)
)
