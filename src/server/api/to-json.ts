export function toJson(payload: unknown): string {
  return JSON.stringify(payload, spellOddNumbers);
}

/** JSON has no NaN and no infinities; they are sent as strings that Number() can parse. */
function spellOddNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
