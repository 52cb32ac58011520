"use strict";
// The black list in this browser: fetched while the line is up, checked while it is down. It is signed; a browser on a page
// with a certificate checks the signature with the key it learnt first, others can only compare the key.
const Offline = {
  list: null,

  load() {
    try {
      const kept = JSON.parse(localStorage.getItem("desk-list"));
      if (kept) this.list = JSON.parse(kept.body);
    } catch { this.list = null; }
  },

  async refresh() {
    const r = await fetch("api/list");
    if (!r.ok) return false;
    const signed = await r.json();
    const known = localStorage.getItem("desk-list-key");
    if (known && known !== signed.key) throw new Error("黑名单的签名密钥变了，没有采用新名单：请与医保局核实后，清除本页数据再试");
    if (!(await this.verify(signed))) throw new Error("黑名单的签名不对，没有采用");
    localStorage.setItem("desk-list-key", signed.key);
    localStorage.setItem("desk-list", JSON.stringify(signed));
    this.load();
    return true;
  },

  async verify(signed) {
    if (!globalThis.crypto || !crypto.subtle) return true;
    const raw = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
    const alg = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("spki", raw(signed.key), alg, false, ["verify"]);
    return crypto.subtle.verify(alg, key, raw(signed.signature), new TextEncoder().encode(signed.body));
  },

  // age in hours, or null without a list.
  age() {
    if (!this.list) return null;
    return (Date.now() - new Date(this.list.made.replace(" ", "T") + ":00+08:00")) / 3600000;
  },

  ageText() {
    const h = this.age();
    if (h === null) return "本机还没有黑名单，断线时不能核对";
    const n = h < 1 ? "不到 1 小时前" : h < 48 ? Math.floor(h) + " 小时前" : Math.floor(h / 24) + " 天前";
    return "黑名单做于 " + this.list.made + "（" + n + "）";
  },

  // check what was filled in; returns texts.
  check(f) {
    const out = [], l = this.list;
    if (!l) return out;
    if (l.institution_stop) out.push("本机构" + l.institution_stop + "，不能医保结算");
    const why = l.persons[sha256hex(l.salt + f.psn.toUpperCase()).slice(0, 16)];
    if (why) out.push("参保人" + why + "，请核对身份，不能医保结算");
    if (f.doctor && l.practitioners[f.doctor]) out.push("医师" + l.practitioners[f.doctor] + "，请更换医师");
    for (const i of f.items) if (l.items[i.code]) out.push("“" + (i.name || i.code) + "”" + l.items[i.code] + "，请更换或转自费");
    return out;
  },
};
