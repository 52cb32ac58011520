export type DiffLine = { kind: 'same' | 'old' | 'new'; text: string }

// diff compares two texts line by line by their longest common subsequence; texts of a card have some hundred lines.
export function diff(was: string, now: string): DiffLine[] {
  const a = was.replace(/\n$/, '').split('\n')
  const b = now.replace(/\n$/, '').split('\n')
  const wide = b.length + 1
  const best = new Uint32Array((a.length + 1) * wide) // of what is left from line i and j on
  const at = (i: number, j: number) => best[i * wide + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) best[i * wide + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const out: DiffLine[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: 'same', text: a[i++] ?? '' })
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) out.push({ kind: 'old', text: a[i++] ?? '' })
    else out.push({ kind: 'new', text: b[j++] ?? '' })
  }
  return out
}

// around keeps the changes with some lines before and after; null stands for what is left out.
export function around(lines: DiffLine[], keep = 3): (DiffLine | null)[] {
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - keep), i + keep + 1).some((l) => l.kind !== 'same'))
  return lines.flatMap((l, i) => (near[i] ? [l] : i === 0 || near[i - 1] ? [null] : []))
}
