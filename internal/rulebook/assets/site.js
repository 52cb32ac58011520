// Search and facets of the index. The index itself is window.RULEBOOK (search.js); rows are in the page already, so that
// without scripts the whole list is there.
(function () {
  'use strict';
  var index = {}, facets = {}, at = -1;
  var q = document.getElementById('q'), rows = [].slice.call(document.querySelectorAll('#list tbody tr'));
  var sets = [].slice.call(document.querySelectorAll('#facets fieldset'));
  (window.RULEBOOK || []).forEach(function (e) { index[e.i] = e; });

  // terms must all occur, each in the card's text or in the name of an item
  function found(row, terms) {
    var e = index[row.dataset.id], hits = [];
    var ok = terms.every(function (t) {
      if (e.t.indexOf(t) >= 0) return true;
      var items = e.w.filter(function (w) { return w.toLowerCase().indexOf(t) >= 0; });
      items.slice(0, 3).forEach(function (w) { if (hits.indexOf(w) < 0) hits.push(w); });
      return items.length > 0;
    });
    row.querySelector('.match').textContent = ok && hits.length ? '知识点：' + hits.join('、') : '';
    return ok;
  }
  function values(row, f) { return (row.dataset[f] || '').split('|'); }
  function passes(row, f) {
    return !facets[f].length || values(row, f).some(function (v) { return facets[f].indexOf(v) >= 0; });
  }
  function show() {
    var terms = q.value.toLowerCase().split(/\s+/).filter(Boolean);
    sets.forEach(function (s) {
      facets[s.dataset.f] = [].slice.call(s.querySelectorAll('input:checked')).map(function (i) { return i.value; });
    });
    var names = Object.keys(facets), n = 0, counts = {};
    names.forEach(function (f) { counts[f] = {}; });
    rows.forEach(function (row) {
      var text = found(row, terms), fails = names.filter(function (f) { return !passes(row, f); });
      row.hidden = !text || fails.length > 0;
      row.classList.remove('at');
      if (!row.hidden) n++;
      // an option's count says what choosing it would show, so its own facet does not narrow it
      names.forEach(function (f) {
        if (text && (!fails.length || (fails.length === 1 && fails[0] === f))) {
          values(row, f).forEach(function (v) { counts[f][v] = (counts[f][v] || 0) + 1; });
        }
      });
    });
    sets.forEach(function (s) {
      [].forEach.call(s.querySelectorAll('label'), function (l) {
        var c = counts[s.dataset.f][l.querySelector('input').value] || 0;
        l.querySelector('i').textContent = c;
        l.classList.toggle('zero', !c);
      });
    });
    at = -1;
    document.getElementById('count').textContent = n + ' 条' + (n < rows.length ? '，共 ' + rows.length + ' 条' : '');
    document.getElementById('none').hidden = n > 0;
  }
  // the address keeps search and facets, so that the way back from a card finds them again
  function keep() {
    var p = new URLSearchParams();
    if (q.value) p.set('q', q.value);
    Object.keys(facets).forEach(function (f) { if (facets[f].length) p.set(f, facets[f].join('|')); });
    var s = p.toString();
    try { history.replaceState(null, '', s ? '#' + s : location.pathname + location.search); } catch (e) { location.hash = s; }
  }
  function restore() {
    var p = new URLSearchParams(location.hash.slice(1));
    q.value = p.get('q') || '';
    sets.forEach(function (s) {
      var v = (p.get(s.dataset.f) || '').split('|');
      [].forEach.call(s.querySelectorAll('input'), function (i) { i.checked = v.indexOf(i.value) >= 0; });
    });
    show();
  }
  function move(by) {
    var seen = rows.filter(function (r) { return !r.hidden; });
    if (!seen.length) return;
    if (at >= 0) seen[at].classList.remove('at');
    at = Math.max(0, Math.min(seen.length - 1, at + by));
    seen[at].classList.add('at');
    seen[at].scrollIntoView({ block: 'nearest' });
  }
  document.getElementById('facets').addEventListener('input', function () { show(); keep(); });
  document.getElementById('clear').addEventListener('click', function () {
    q.value = '';
    [].forEach.call(document.querySelectorAll('#facets input:checked'), function (i) { i.checked = false; });
    show(); keep();
  });
  document.addEventListener('keydown', function (e) {
    var typing = e.target === q;
    if (e.key === '/' && !typing) { e.preventDefault(); q.focus(); q.select(); }
    else if ((typing || at >= 0) && e.key === 'ArrowDown') { e.preventDefault(); move(1); }
    else if ((typing || at >= 0) && e.key === 'ArrowUp') { e.preventDefault(); move(-1); }
    else if (e.key === 'Enter' && at >= 0) { rows.filter(function (r) { return !r.hidden; })[at].querySelector('a').click(); }
  });
  window.addEventListener('hashchange', restore);
  if (window.matchMedia('(max-width:820px)').matches) document.getElementById('more').open = false;
  restore();
})();
