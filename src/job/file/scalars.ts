/**
 * What a plain scalar means. Azure's client reads YAML 1.1 as PyYAML does: `yes` is true, `1e-3` is text, `012` is 10. A
 * file must mean the same here.
 */
export type ScalarType = 'string' | 'integer' | 'float' | 'boolean' | 'null' | 'timestamp';

const BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const TRUE = /^(?:yes|true|on)$/i;
const NULL = /^(?:~|null|Null|NULL|)$/;
const INTEGER =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const TIMESTAMP =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)$/;

export interface ScalarValue {
  type: ScalarType;
  /** That of a timestamp is its text. */
  value: string | number | boolean | null;
}

export function plainScalar(source: string): ScalarValue {
  if (NULL.test(source)) return { type: 'null', value: null };
  if (BOOLEAN.test(source)) return { type: 'boolean', value: TRUE.test(source) };
  if (INTEGER.test(source)) return { type: 'integer', value: integer(source) };
  if (FLOAT.test(source)) return { type: 'float', value: float(source) };
  if (TIMESTAMP.test(source)) return { type: 'timestamp', value: source };
  return { type: 'string', value: source };
}

function integer(source: string): number {
  const text = source.replaceAll('_', '');
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (digits.includes(':')) return sign * sexagesimal(digits);
  if (/^0[bx]/.test(digits)) return sign * Number(digits);
  return sign * (/^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits));
}

function float(source: string): number {
  const text = source.replaceAll('_', '').toLowerCase();
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (digits === '.inf') return sign * Infinity;
  if (digits === '.nan') return NaN;
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number(digits));
}

/** `1:30` is 90. */
function sexagesimal(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** A literal as Azure writes it into a command, which is as Python’s `str()` does: `True`, `1.0`, `1e-05`. */
export function literalText({ type, value }: ScalarValue): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'number') return value ?? '';
  return type === 'float' ? floatText(value) : BigInt(Math.trunc(value)).toString();
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16)
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  const plain = String(value);
  if (plain.includes('e')) return value.toFixed(Math.max(0, mantissa.replace(/^-?\d\.?/, '').length - power));
  return plain.includes('.') ? plain : `${plain}.0`;
}
