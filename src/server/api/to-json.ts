export function toJson(payload: unknown): string {
  return JSON.stringify(payload, spellOddNumbers);
}

/** JSON has no NaN and no infinities; they travel as the strings that Number() reads. */
function spellOddNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
