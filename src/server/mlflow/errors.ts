import { TrainyardError, type ErrorCode } from '../../base/errors.js';

/** MLflow's error codes that this server answers with, and the HTTP status each travels under. */
export const MLFLOW_STATUS = {
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  CANCELLED: 499,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
} as const;

export type MlflowCode = keyof typeof MLFLOW_STATUS;

export class MlflowError extends Error {
  readonly code: MlflowCode;
  readonly status: number;

  constructor(code: MlflowCode, message: string, more: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = 'MlflowError';
    this.code = code;
    this.status = more.status ?? MLFLOW_STATUS[code];
  }

  toData(): { error_code: MlflowCode; message: string } {
    return { error_code: this.code, message: this.message };
  }
}

export const invalid = (message: string) => new MlflowError('INVALID_PARAMETER_VALUE', message);
export const notFound = (message: string) => new MlflowError('RESOURCE_DOES_NOT_EXIST', message);

const LONGEST_ECHO = 500;
const MOST_ECHOED = 20;

/** MLflow's wording for an invalid field. */
export function invalidValue(path: string, value: unknown, why?: string): string {
  let shown = ascii(JSON.stringify(summary(value)) ?? 'null');
  if (shown.length > LONGEST_ECHO) shown = `${shown.slice(0, LONGEST_ECHO)}…`;
  return `Invalid value ${shown} for parameter '${path}' supplied${why === undefined ? '.' : `: ${why}`}`;
}

export interface ParamConflict {
  key: string;
  oldValue: string;
  newValue: string;
}

/** MLflow's wording for a param that has another value already. @param owner such as `run ID='…'` */
export function paramChanged(owner: string, { key, oldValue, newValue }: ParamConflict): string {
  return (
    `Param with key='${key}' was already logged with value='${oldValue}' for ${owner}. ` +
    `Attempted logging new value '${newValue}'.`
  );
}

/** As Python writes JSON. */
function ascii(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The outer levels of a value. A malicious one may be nested deeper than the stack allows. */
function summary(value: unknown, levels = 3): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST_ECHOED).map((item) => summary(item, levels - 1));
  const entries = Object.entries(value).slice(0, MOST_ECHOED);
  return Object.fromEntries(entries.map(([key, item]) => [key, summary(item, levels - 1)]));
}

/** The codes of the store and the app. Any other code is a fault of the server. */
const FROM_TRAINYARD: Partial<Record<ErrorCode, MlflowCode>> = {
  BAD_REQUEST: 'INVALID_PARAMETER_VALUE',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  FORBIDDEN: 'PERMISSION_DENIED',
  NOT_FOUND: 'RESOURCE_DOES_NOT_EXIST',
  CONFLICT: 'RESOURCE_ALREADY_EXISTS',
  TOO_LARGE: 'INVALID_PARAMETER_VALUE',
  CANCELLED: 'CANCELLED',
  NOT_SUPPORTED: 'NOT_IMPLEMENTED',
};

/**
 * Any thrown value as a response for MLflow's client. The client retries for minutes on 408, 429, 500, 502, 503 and
 * 504, so these are only used for faults that may pass.
 */
export function toMlflowError(error: unknown): MlflowError {
  if (error instanceof MlflowError) return error;
  if (TrainyardError.is(error)) {
    const message = error.hint ? `${error.message} ${error.hint}` : error.message;
    const code = FROM_TRAINYARD[error.code];
    if (code === undefined) {
      // Retrying does not help with a full disk (507).
      const status = error.code === 'STORE_FULL' ? error.status : undefined;
      return new MlflowError('INTERNAL_ERROR', message, { status, cause: error });
    }
    // A taken name is 400 in MLflow; everything else keeps its status.
    const status = error.code === 'CONFLICT' ? undefined : error.status;
    return new MlflowError(code, message, { status, cause: error });
  }
  const status = httpStatusOf(error);
  if (status !== undefined && status >= 400 && status < 500)
    return new MlflowError('INVALID_PARAMETER_VALUE', (error as Error).message, { status, cause: error });
  return new MlflowError('INTERNAL_ERROR', 'The Trainyard server failed. See its log for details.', {
    cause: error,
  });
}

/** Fastify's own errors (a body over the limit, a broken header) carry their status. */
function httpStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
