-- Stays (规则口径 "住院段"): in-patient visits of one person at one institution that follow each other within a day and
-- were not really ended in between.
-- gone: visits all of whose settlements were reversed and that have no open line.
gone AS NOT MATERIALIZED (
  SELECT visit_key FROM settlement ANTI JOIN (SELECT visit_key FROM live) USING (visit_key)
  ANTI JOIN (SELECT visit_key FROM fee ANTI JOIN undone USING (setl_key) WHERE setl_key = 0 AND cnt > 0) USING (visit_key)
),
settled AS MATERIALIZED (
  SELECT visit_key, bool_or(is_yes(mid_setl_flag)) AS mid, arg_min(month, (clock, setl_id)) AS month FROM live GROUP BY visit_key
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
-- chain: visit after visit, keeping what the stay is so far.
chain AS (
  SELECT pers, inst, k, visit_key, visit_key AS stay, ended AS until, mid, no_way, ipt FROM ward WHERE k = 1
  UNION ALL
  SELECT w.pers, w.inst, w.k, w.visit_key,
         CASE WHEN joined THEN c.stay ELSE w.visit_key END,
         CASE WHEN joined AND w.ended IS NOT NULL THEN greatest(c.until, w.ended) ELSE w.ended END, w.mid, w.no_way, w.ipt
  FROM chain c JOIN ward w ON w.pers = c.pers AND w.inst = c.inst AND w.k = c.k + 1,
  LATERAL (SELECT c.until IS NOT NULL AND day_of(w.begin) - day_of(c.until) <= 1
                  AND (c.no_way OR c.mid OR (c.ipt <> '' AND c.ipt = w.ipt)) AS joined)
),
stay AS MATERIALIZED (
  SELECT c.stay, any_value(w.pers) AS pers, any_value(w.inst) AS inst, arg_min(w.begin, w.k) AS since_begin,
         arg_min(w.mdtrt_id, w.k) AS first_id, arg_max(w.mdtrt_id, w.k) AS last_id, arg_max(w.month, w.k) AS month,
         -- out is the last day: a stay that goes on is judged to the end of the month
         CASE WHEN bool_or(w.ended IS NULL) THEN last_day() ELSE day_of(max(w.ended)) END AS out_day,
         bool_or(w.ended IS NULL) AS open, day_of(arg_min(w.since, w.k)) AS since_day
  FROM chain c JOIN ward w USING (visit_key) GROUP BY c.stay
),
stay_of AS NOT MATERIALIZED (
  SELECT c.visit_key, c.stay, greatest(1, s.out_day - s.since_day) AS los FROM chain c JOIN stay s USING (stay)
)
