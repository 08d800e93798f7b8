import { messageOf, TrainyardError } from '../../base/errors.js';

/** Codes that S3 and Azure Storage answer with, and names that their libraries give to failures. */
const NO_ROOM = new Set(['NoSuchBucket', 'ContainerNotFound', 'FilesystemNotFound']);
const NOT_SIGNED_IN = new Set([
  'CredentialsProviderError',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'CredentialUnavailableError',
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'AuthenticationFailed',
  'InvalidAuthenticationInfo',
  'NoAuthenticationInformation',
]);
const PASSING_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
const PASSING = new Set([
  ...['TimeoutError', 'NetworkingError', 'SlowDown', 'RequestTimeout', 'ThrottlingException', 'ServerBusy'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'REQUEST_SEND_ERROR'],
]);

/**
 * What a library threw, in words for people. The error of the library is not kept: it may have the request in it.
 * @param uri of what was asked for
 * @param signIn what to do when nobody is signed in
 * @returns TARGET_UNREACHABLE for what passes; UNAUTHENTICATED, FORBIDDEN, NOT_FOUND or BAD_REQUEST for what a server refused; any
 *   other error as it is
 */
export function failureOf(error: unknown, uri: string, signIn: string): unknown {
  if (TrainyardError.is(error)) return error;
  const names = namesOf(error);
  const status = statusOf(error);
  const isOne = (known: ReadonlySet<string>) => names.some((name) => known.has(name));
  const why = reasonOf(error);
  if (isOne(NO_ROOM))
    return new TrainyardError('NOT_FOUND', `${uri} does not exist: ${why}`, {
      hint: 'Check the bucket, the container or the file system of the datastore.',
    });
  // Azure has a code for both that nobody is signed in and that somebody may not.
  if (isOne(NOT_SIGNED_IN) || status === 401 || /failed to authenticate/i.test(why))
    return new TrainyardError('UNAUTHENTICATED', `Not signed in to ${uri}: ${why}`, { hint: signIn });
  if (isOne(PASSING) || (status !== undefined && PASSING_STATUS.has(status)))
    return new TrainyardError('TARGET_UNREACHABLE', `${uri} cannot be reached: ${why}`, {
      hint: 'Check the network and the endpoint of the datastore.',
    });
  if (status === 403)
    return new TrainyardError('FORBIDDEN', `No permission for ${uri}: ${why}`, {
      hint: 'Ask for the permission to read, list and write there, or sign in as somebody who has it.',
    });
  if (status === 404)
    return new TrainyardError('NOT_FOUND', `There is nothing at ${uri}.`, { hint: 'Check the path.' });
  if (status !== undefined && status >= 300)
    return new TrainyardError('BAD_REQUEST', `${uri} was refused: ${why}`, {
      hint: 'Check the region and the endpoint of the datastore.',
    });
  return error;
}

/** Whether a server says so: that there is nothing, or that it is not what it was. */
export const isMissing = (error: unknown) =>
  statusOf(error) === 404 && !namesOf(error).some((name) => NO_ROOM.has(name));
export const isOther = (error: unknown) => [404, 412, 416].includes(statusOf(error) ?? 0);

/** An answer to HEAD may have no words. @param read asks for the same in a way whose answer has them */
export async function reasonBehind(error: unknown, read: () => Promise<unknown>): Promise<unknown> {
  if (![400, 403].includes(statusOf(error) ?? 0)) return error;
  try {
    await read();
    return error;
  } catch (told) {
    return told;
  }
}

function statusOf(error: unknown): number | undefined {
  const { $metadata, statusCode } = Object(error) as {
    $metadata?: { httpStatusCode?: number };
    statusCode?: number;
  };
  return $metadata?.httpStatusCode ?? statusCode;
}

/** Where libraries put what a server said. */
interface Parts {
  code?: unknown;
  Code?: unknown;
  errors?: unknown;
  details?: { errorCode?: unknown };
}

/** Those of errors below it, too: a library says “fetch failed”, what is below says why. */
function namesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const { code, Code, errors, details } = error as Parts;
  const own = [error.name, code, Code, details?.errorCode].filter((name) => typeof name === 'string');
  const below = [error.cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [...own, ...below.flatMap((each) => namesOf(each, depth + 1))];
}

/** The first line; what Azure says below it is for its own people. */
function reasonOf(error: unknown): string {
  const [below] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const [line = ''] = messageOf(below ?? error)
    .trim()
    .split('\n');
  const status = statusOf(error);
  if (line !== '' && !/^(UnknownError|Unknown|Forbidden|null)$/.test(line))
    return /[.!?]$/.test(line) ? line : `${line}.`;
  return status === undefined ? 'The reason is not known.' : `The server answered ${status}.`;
}
