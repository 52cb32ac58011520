(function () {
  "use strict";
  var rows = Array.prototype.slice.call(document.querySelectorAll("#rows tr[data-s]"));
  var text = rows.map(function (r) { return r.textContent.toLowerCase(); });
  var q = document.getElementById("q"), shown = document.getElementById("shown");
  var buttons = Array.prototype.slice.call(document.querySelectorAll(".filter button"));
  var severity = "";
  function apply() {
    var words = q.value.toLowerCase().split(/\s+/).filter(Boolean), n = 0;
    rows.forEach(function (r, i) {
      var ok = (!severity || r.dataset.s === severity) && words.every(function (w) { return text[i].indexOf(w) >= 0; });
      r.hidden = !ok;
      if (ok) { n++; }
    });
    shown.textContent = n === rows.length ? "显示 " + n + " 条" : "显示 " + n + " / " + rows.length + " 条" +
      (n ? "" : "：所列疑点里没有符合的，可换个词，或导出全部疑点");
  }
  function choose(s) {
    severity = s;
    buttons.forEach(function (b) { b.classList.toggle("on", b.dataset.s === s); b.setAttribute("aria-pressed", b.dataset.s === s); });
    apply();
  }
  q.addEventListener("input", apply);
  buttons.forEach(function (b) { b.addEventListener("click", function () { choose(b.dataset.s); }); });
  document.querySelectorAll("a[data-q]").forEach(function (a) {
    a.addEventListener("click", function () { q.value = a.dataset.q; choose(""); });
  });
  document.addEventListener("keydown", function (e) {
    if (e.key === "/" && document.activeElement !== q) { e.preventDefault(); q.focus(); }
    if (e.key === "Escape" && document.activeElement === q) { q.value = ""; apply(); }
  });
  choose("");
})();
