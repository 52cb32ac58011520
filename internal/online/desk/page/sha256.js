"use strict";
// SHA-256 for pages without a certificate, where the browser's own is not to be had.
function sha256hex(text) {
  const bytes = new TextEncoder().encode(text);
  const primes = [], k = [], h = [];
  for (let n = 2; primes.length < 64; n++) {
    if (primes.every((p) => n % p)) {
      const frac = (x) => Math.floor((x - Math.floor(x)) * 0x100000000) | 0;
      if (primes.length < 8) h.push(frac(Math.sqrt(n)));
      k.push(frac(Math.cbrt(n)));
      primes.push(n);
    }
  }
  const size = Math.ceil((bytes.length + 9) / 64) * 64;
  const b = new DataView(new ArrayBuffer(size));
  bytes.forEach((x, i) => b.setUint8(i, x));
  b.setUint8(bytes.length, 0x80);
  b.setUint32(size - 8, Math.floor(bytes.length / 0x20000000));
  b.setUint32(size - 4, bytes.length << 3);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  const w = new Int32Array(64);
  for (let at = 0; at < size; at += 64) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) { w[i] = b.getInt32(at + i * 4); continue; }
      const x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    const v = h.slice();
    for (let i = 0; i < 64; i++) {
      const s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25);
      const t1 = (v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i]) | 0;
      const s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22);
      const t2 = (s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]))) | 0;
      v.pop();
      v.unshift((t1 + t2) | 0);
      v[4] = (v[4] + t1) | 0;
    }
    for (let i = 0; i < 8; i++) h[i] = (h[i] + v[i]) | 0;
  }
  return h.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
}
