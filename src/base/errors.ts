/**
 * Errors are data: a code from a closed list, a sentence for people, and what to do next.
 * `status` is the HTTP status that the code travels under between server and client.
 */
export const ERROR_STATUS = {
  // Bad requests.
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
  // Submitting a job.
  LARGE_FILES: 409, // details: { files: { path: string; bytes: number }[], limit: number }
  NO_INTERPRETER: 409,
  NOT_RUNNING: 409,
  GIT_FAILED: 500,
  TARGET_FAILED: 500,
  TARGET_UNREACHABLE: 503,
  // The server and its store.
  STORE_NEWER: 500,
  STORE_CORRUPT: 500,
  STORE_FULL: 507,
  SERVER_UNREACHABLE: 503,
  SERVER_INCOMPATIBLE: 503,
  CANCELLED: 499,
  NOT_SUPPORTED: 501,
  INTERNAL: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export interface ErrorData {
  code: ErrorCode;
  /** What happened, in one sentence. */
  message: string;
  /** What to do next, in one sentence. */
  hint?: string;
  details?: unknown;
}

export class TrainyardError extends Error {
  readonly code: ErrorCode;
  readonly hint?: string;
  readonly details?: unknown;

  constructor(
    code: ErrorCode,
    message: string,
    more: { hint?: string; details?: unknown; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'TrainyardError';
    this.code = code;
    this.hint = more.hint;
    this.details = more.details;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }

  toData(): ErrorData {
    return { code: this.code, message: this.message, hint: this.hint, details: this.details };
  }

  static from(data: ErrorData): TrainyardError {
    const code = data.code in ERROR_STATUS ? data.code : 'INTERNAL';
    return new TrainyardError(code, data.message, data);
  }

  static is(error: unknown, code?: ErrorCode): error is TrainyardError {
    return error instanceof TrainyardError && (code === undefined || error.code === code);
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Any thrown value as plain data. */
export function errorData(error: unknown): ErrorData {
  return TrainyardError.is(error) ? error.toData() : { code: 'INTERNAL', message: messageOf(error) };
}

/** Whether the error has one of these system codes, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}

/** For a `catch`: undefined for what is not there (`ENOENT`). @throws any other error again */
export function ifMissing(error: unknown): undefined {
  if (hasCode(error, 'ENOENT')) return undefined;
  throw error;
}
