// called writes a code with its name; the code alone where it has none.
export const called = (names: Record<string, string> | undefined, code?: string) => {
  if (!code) return ''
  const name = names?.[code]
  return name && name !== code ? `${name} ${code}` : code
}
