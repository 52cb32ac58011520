"use strict";
const $ = (id) => document.getElementById(id);
const make = (tag, props, ...kids) => { const e = Object.assign(document.createElement(tag), props); e.append(...kids); return e; };
const state = { me: null, items: [], visit: "", found: [], reasons: [] };

async function ask(path, body) {
  const opt = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let r;
  try {
    r = await fetch("api/" + path, { ...opt, signal: AbortSignal.timeout(5000) });
  } catch {
    online(false);
    throw Object.assign(new Error("连不上服务"), { offline: true });
  }
  online(true);
  const v = await r.json().catch(() => ({}));
  if (r.status === 401 && path !== "login") signedOut();
  if (!r.ok) throw Object.assign(new Error(v.error || "服务出错（" + r.status + "）"), { status: r.status, offline: r.status === 502 || r.status === 503 || r.status === 504 });
  return v;
}

function online(up) {
  $("line").textContent = up ? "在线" : "断线";
  $("line").classList.toggle("off", !up);
  const bar = $("old"), age = Offline.age();
  bar.hidden = up && (age === null || age < 26);
  bar.classList.toggle("bad", age === null || age > 72);
  bar.textContent = (up ? "" : "现在断线，只核对黑名单，不查用药和收费规则。") + Offline.ageText() + (age > 72 ? "，已经太旧，请尽快恢复联网" : "");
}

function signedOut() {
  state.me = null;
  $("login").hidden = false;
  $("desk").hidden = $("logout").hidden = true;
  $("place").textContent = "";
  $("l-name").focus();
}

function signedIn(me) {
  state.me = me;
  localStorage.setItem("desk-me", JSON.stringify({ inst: me.inst, inst_name: me.inst_name, pharmacy: me.pharmacy, reasons: me.reasons }));
  $("login").hidden = true;
  $("desk").hidden = $("logout").hidden = false;
  $("place").textContent = me.inst_name || me.inst;
  for (const e of document.querySelectorAll(".clinic")) e.hidden = me.pharmacy;
  $("psn").focus();
  refreshList();
}

async function refreshList() {
  try { await Offline.refresh(); online(true); } catch (e) { if (e.message.startsWith("黑名单")) { $("error").textContent = e.message; } }
}

// An identity card says birth and sex.
$("psn").addEventListener("input", () => {
  const v = $("psn").value.trim();
  if (!/^\d{17}[\dXx]$/.test(v)) return;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((s, w, i) => s + w * v[i], 0);
  $("error").textContent = "10X98765432"[sum % 11] === v[17].toUpperCase() ? "" : "身份证号校验位不对，请核对";
  $("birth").value = v.slice(6, 10) + "-" + v.slice(10, 12) + "-" + v.slice(12, 14);
  $("sex").value = v[16] % 2 ? "1" : "2";
});
// A scanner ends with Enter: go to the items, do not send the form.
$("psn").addEventListener("keydown", (e) => { if (e.key === "Enter") { e.preventDefault(); $("add").focus(); } });

let looking = 0;
$("add").addEventListener("input", async () => {
  const q = $("add").value.trim(), n = ++looking;
  if (q.length < 2) return;
  try {
    const found = await ask("items?q=" + encodeURIComponent(q));
    if (n !== looking) return;
    state.found = found;
    $("found").replaceChildren(...found.map((i) => make("option", { value: i.code, label: i.name || i.code })));
  } catch { /* typed as it is */ }
});
$("add").addEventListener("keydown", (e) => { if (e.key === "Enter") { e.preventDefault(); add(); } });
$("add-go").addEventListener("click", add);

async function add() {
  const q = $("add").value.trim();
  if (!q) return;
  let hit = state.found.find((i) => i.code === q || i.name === q);
  if (!hit) {
    try {
      const found = await ask("items?q=" + encodeURIComponent(q));
      hit = found.find((i) => i.code === q || i.name === q) || (found.length === 1 ? found[0] : null);
    } catch { /* offline: take the code as it is */ }
  }
  if (!hit && !/^[0-9A-Za-z-]{5,50}$/.test(q)) {
    $("error").textContent = "没有找到“" + q + "”，请从下拉里选，或录入医保编码";
    return;
  }
  $("error").textContent = "";
  hit = hit || { code: q.toUpperCase(), name: "", list_type: "" };
  const same = state.items.find((i) => i.code === hit.code && !i.own);
  if (same) same.cnt = String(Number(same.cnt || 0) + 1);
  else state.items.push({ code: hit.code, name: hit.name, list: hit.list_type, cnt: "1", pric: "", days: "", own: false });
  $("add").value = "";
  state.found = [];
  drawItems();
  $("add").focus();
}

function drawItems() {
  $("items").replaceChildren(...state.items.map((i, n) => {
    const field = (label, key, extra) => make("label", {}, label, make("input", { value: i[key], inputMode: "decimal", oninput: (e) => { i[key] = e.target.value; }, ...extra }));
    return make("div", { className: "item" + (i.hit ? " hit" : "") + (i.own ? " own" : ""), id: "item-" + (n + 1) },
      make("span", { className: "what" }, i.name || i.code, ...(i.name ? [make("small", {}, i.code)] : [])),
      field("数量", "cnt"), field("单价（元）", "pric"), field("天数", "days"),
      make("button", { type: "button", className: "plain", ariaLabel: "删除 " + (i.name || i.code), onclick: () => { state.items.splice(n, 1); drawItems(); } }, "删除"));
  }));
}

function filled() {
  return { psn: $("psn").value.trim(), name: $("psn-name").value.trim(), sex: $("sex").value, birth: $("birth").value, visit: $("visit").value.trim() || state.visit, doctor: $("doctor").value.trim(),
    rescue: $("rescue").checked, diags: $("diag").value.split(/[\s,，、]+/).filter(Boolean).map((code) => ({ code, name: "" })),
    items: state.items.map(({ code, name, list, cnt, pric, days, own }) => ({ code, name, list, cnt, pric, days, own })) };
}

$("form").addEventListener("submit", (e) => { e.preventDefault(); check(); });

async function check() {
  $("error").textContent = "";
  const f = filled();
  if (f.items.length === 0) { $("error").textContent = "请至少加入一个药品或项目"; $("add").focus(); return; }
  const bare = f.items.findIndex((i) => !(Number(i.pric) > 0));
  if (bare >= 0) { $("error").textContent = "请填第 " + (bare + 1) + " 项的单价：没有金额就查不出提醒"; $("item-" + (bare + 1)).querySelectorAll("input")[1].focus(); return; }
  if (!f.birth || !f.sex) { $("error").textContent = "请填性别和出生日期（录入身份证号会自动填）"; ($("sex").value ? $("birth") : $("sex")).focus(); return; }
  $("go").disabled = true;
  try {
    const a = await ask("check", f);
    state.visit = a.visit;
    draw(a);
  } catch (err) {
    if (err.offline) drawOffline(f, err.message); else $("error").textContent = err.message;
  } finally {
    $("go").disabled = false;
  }
}

function draw(a) {
  for (const i of state.items) i.hit = false;
  for (const r of a.shown) for (const o of r.orders) { const i = state.items[Number(o.split("-").pop()) - 1]; if (i) i.hit = true; }
  drawItems();
  const quiet = $("quiet");
  quiet.className = a.shown.length ? "hint" : "ok";
  quiet.textContent = (a.shown.length ? "" : "没有需要提醒的。") + (a.quiet ? "另有 " + a.quiet + " 条此前已说明理由，不再重复提醒。" : "");
  if (a.partial) { quiet.className = "error"; quiet.textContent = "时间不够，有的规则没有查完，可稍后再查一次。"; }
  $("shown").replaceChildren(...a.shown.map(card));
  if (matchMedia("(max-width: 800px)").matches) $("answer").scrollIntoView({ behavior: "smooth" });
}

function drawOffline(f, why) {
  const hits = Offline.check(f);
  $("quiet").className = hits.length ? "hint" : "error";
  $("quiet").textContent = why + "：用药和收费规则没有查（未提示）。" + (hits.length ? "" : Offline.list ? "黑名单里没有。" : "") + Offline.ageText() + "。";
  $("shown").replaceChildren(...hits.map((text) => make("div", { className: "reminder 阻断" }, make("p", { className: "say" }, text), make("span", { className: "hint" }, "按黑名单核对，联网后请再查一次"))));
}

function card(r) {
  const box = make("div", { className: "reminder " + r.stop }), acts = make("div", { className: "acts" }), more = make("div", { hidden: true, className: "more" });
  const say = async (way, code, reason, done) => {
    try {
      await ask("choice", { jr: r.jr, way, code, reason });
    } catch (err) { $("error").textContent = "反馈没有记下：" + err.message; return; }
    box.classList.add("done");
    more.hidden = true;
    acts.replaceChildren(make("span", { className: "ok" }, done));
  };
  const first = state.items[Number((r.orders[0] || "").split("-").pop()) - 1];
  const open = (...kids) => { more.replaceChildren(...kids); more.hidden = false; };
  const go = {
    "修改": () => { say("修改", "", "", "请修改后再查一次"); const row = first && $("item-" + (state.items.indexOf(first) + 1)); if (row) { row.scrollIntoView({ block: "center" }); row.querySelector("input").select(); } },
    "转自费": (a) => open(make("p", { className: "notice" }, a.notice), make("div", { className: "acts" },
      make("button", { type: "button", className: "main", onclick: () => { for (const o of r.orders) { const i = state.items[Number(o.split("-").pop()) - 1]; if (i) { i.own = true; i.hit = false; } } drawItems(); say("转自费", "", "", "已转自费，请患者签字"); } }, "已告知，转自费"),
      make("button", { type: "button", className: "plain", onclick: () => print() }, "打印"))),
    "继续": (a) => open(make("div", { className: "reasons" }, ...a.reasons.map((x) => make("button", { type: "button", onclick: () => {
      if (!x.free_text) return say("继续", x.code, "", "已记：" + x.name);
      words("请写明理由", (t) => say("继续", x.code, t, "已记：" + t));
    } }, x.name)))),
    "有误": () => words("请写一句错在哪里，规则负责人五个工作日内答复", (t) => say("有误", "", t, "已交规则负责人，可以继续")),
  };
  const words = (label, then) => {
    const t = make("textarea", { rows: 2, maxLength: 500 });
    open(make("label", {}, label, t), make("div", { className: "acts" }, make("button", { type: "button", className: "main", onclick: () => { if (t.value.trim()) then(t.value.trim()); else t.focus(); } }, "提交")));
    t.focus();
  };
  for (const a of r.actions) acts.append(make("button", { type: "button", className: a.way === "修改" ? "main" : a.way === "有误" ? "plain" : "", onclick: () => go[a.way](a) }, a.label));
  box.append(make("p", { className: "say" }, make("span", { className: "tag" }, r.stop), r.text), make("span", { className: "hint" }, r.rule + (r.basis ? "。依据：" + r.basis : "")), acts, more);
  return box;
}

$("next").addEventListener("click", () => {
  $("form").reset();
  Object.assign(state, { items: [], visit: "", found: [] });
  drawItems();
  $("shown").replaceChildren();
  $("quiet").className = "hint";
  $("quiet").textContent = "填好参保人和项目，点“查提醒”。";
  $("error").textContent = "";
  $("psn").focus();
});

$("login").addEventListener("submit", async (e) => {
  e.preventDefault();
  $("l-error").textContent = "";
  try { signedIn(await ask("login", { Name: $("l-name").value, Secret: $("l-secret").value })); $("l-secret").value = ""; } catch (err) { $("l-error").textContent = err.message; }
});
$("logout").addEventListener("click", async () => { try { await ask("logout", {}); } catch { /* the cookie is gone with the session */ } localStorage.removeItem("desk-me"); signedOut(); });

(async function start() {
  Offline.load();
  online(true);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("sw.js").catch(() => {});
  try {
    signedIn(await ask("me"));
  } catch (err) {
    const kept = localStorage.getItem("desk-me");
    if (err.offline && kept) { signedIn(JSON.parse(kept)); online(false); } else signedOut();
  }
  setInterval(refreshList, 3600000);
  addEventListener("online", refreshList);
  addEventListener("offline", () => online(false));
})();
