import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { parseOrNothing } from '../../base/json.js';
import { TimedOut } from './transport.js';

/** What can go wrong with a tracking server, as what happened and what to do next. Pure. */

const CODES: Record<string, ErrorCode> = {
  RESOURCE_DOES_NOT_EXIST: 'NOT_FOUND',
  NOT_FOUND: 'NOT_FOUND',
  INVALID_PARAMETER_VALUE: 'BAD_REQUEST',
  BAD_REQUEST: 'BAD_REQUEST',
  RESOURCE_ALREADY_EXISTS: 'CONFLICT',
  ALREADY_EXISTS: 'CONFLICT',
  RESOURCE_CONFLICT: 'CONFLICT',
  ABORTED: 'CONFLICT',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  CUSTOMER_UNAUTHORIZED: 'UNAUTHENTICATED',
  PERMISSION_DENIED: 'FORBIDDEN',
  NOT_IMPLEMENTED: 'NOT_SUPPORTED',
  TEMPORARILY_UNAVAILABLE: 'SERVER_UNREACHABLE',
  REQUEST_LIMIT_EXCEEDED: 'SERVER_UNREACHABLE',
  RESOURCE_EXHAUSTED: 'SERVER_UNREACHABLE',
};

const LONGEST = 500;
const TRY_AGAIN = 'Try again; the log of the server says more.';

/** An answer that is no success. @param place the address of the server, for people */
export function refusal(
  place: string,
  { status, headers, text }: { status: number; headers: IncomingHttpHeaders; text: string },
): TrainyardError {
  const { error_code: code, message } = (parseOrNothing(text) ?? {}) as {
    error_code?: unknown;
    message?: unknown;
  };
  const said = typeof message === 'string' ? message.slice(0, LONGEST) : undefined;
  if (status === 401) return unauthenticated(place, headers);
  if (status === 403 && (code === undefined || code === 'PERMISSION_DENIED'))
    return new TrainyardError('FORBIDDEN', `${place} does not allow this${said ? `: ${said}` : ''}.`, {
      hint: 'Ask whoever runs the server for access, or sign in as somebody else.',
    });
  if (status >= 300 && status < 400) return redirected(place, headers.location);
  if (status === 429 || (status >= 502 && status <= 504))
    return new TrainyardError('SERVER_UNREACHABLE', `${place} is busy or not ready (HTTP ${status}).`, {
      hint: 'Try again in a while.',
    });
  if (typeof code === 'string')
    return new TrainyardError(CODES[code] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL'), said ?? code, {
      ...(status >= 500 && { hint: TRY_AGAIN }),
    });
  if (status >= 500)
    return new TrainyardError('INTERNAL', `${place} failed (HTTP ${status}).`, { hint: TRY_AGAIN });
  return new TrainyardError('SERVER_INCOMPATIBLE', `${place} refused the request (HTTP ${status}).`, {
    hint: 'Check the address; a proxy may stand in front of the server.',
  });
}

function unauthenticated(place: string, headers: IncomingHttpHeaders): TrainyardError {
  const wanted = /^(basic|bearer)/i.exec(headers['www-authenticate'] ?? '')?.[1]?.toLowerCase();
  const how =
    wanted === 'basic' ? ' It wants a user name and a password.' : wanted ? ' It wants a token.' : '';
  return new TrainyardError('UNAUTHENTICATED', `${place} does not accept the credentials.${how}`, {
    hint: 'Set the credentials of the workspace.',
  });
}

function redirected(place: string, location: string | undefined): TrainyardError {
  const to = location !== undefined && URL.canParse(location, place) ? new URL(location, place) : undefined;
  const isSecureNow = to?.protocol === 'https:' && place.startsWith('http:');
  const isSignIn = to !== undefined && /login|sign-?in|oauth|auth/i.test(to.pathname + to.hostname);
  return new TrainyardError(
    'SERVER_INCOMPATIBLE',
    `${place} sends the request on${to ? ` to ${to.origin}${to.pathname}` : ''}.`,
    {
      hint: isSignIn
        ? 'It wants a sign-in in the browser first. Ask whoever runs the server for a token.'
        : isSecureNow
          ? `Use an address that begins with https:// for the workspace.`
          : 'Use the address that it sends to for the workspace.',
    },
  );
}

/** An answer that is not MLflow's. */
export function foreign(place: string, text: string): TrainyardError {
  const title = /<title[^>]*>([^<]{1,100})/i.exec(text)?.[1]?.trim();
  const what = /^\s*</.test(text) ? `a web page${title ? ` (“${title}”)` : ''}` : 'something else than data';
  return new TrainyardError(
    'SERVER_INCOMPATIBLE',
    `${place} answers with ${what}; MLflow was expected there.`,
    {
      hint: 'Check the address, with its path. A sign-in page or a proxy may stand in front of the server.',
    },
  );
}

export function noMlflow(place: string): TrainyardError {
  return new TrainyardError('SERVER_INCOMPATIBLE', `There is no MLflow tracking server at ${place}.`, {
    hint: 'Check the address; behind a proxy it may need a path.',
  });
}

export function notOffered(place: string): TrainyardError {
  return new TrainyardError('NOT_SUPPORTED', `The MLflow server at ${place} is too old for this.`, {
    hint: 'Update the server to MLflow 3.',
  });
}

const UNTRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
];
const WRONG_CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is that of another host',
};
const UNREACHED: Record<string, [what: string, hint: string]> = {
  ECONNREFUSED: ['nothing listens there', 'Check that the server runs, and its port.'],
  ENOTFOUND: ['no host has that name', 'Check the address and the network.'],
  EAI_AGAIN: ['the name of the host cannot be looked up', 'Check the network.'],
  EHOSTUNREACH: ['the host cannot be reached', 'Check the network, or the VPN.'],
  ENETUNREACH: ['the network cannot be reached', 'Check the network, or the VPN.'],
  ETIMEDOUT: ['the host does not answer', 'Check the network, or the VPN.'],
  ECONNRESET: ['the connection was cut', 'Try again.'],
  EPIPE: ['the connection was cut', 'Try again.'],
  EPROTO: ['it does not speak HTTPS', 'Use an address that begins with http://.'],
};

/** Nothing came back. */
export function unreached(place: string, cause: unknown): TrainyardError {
  const [what, hint] = wordsFor(cause);
  return new TrainyardError('SERVER_UNREACHABLE', `${place} cannot be reached: ${what}.`, { hint, cause });
}

function wordsFor(cause: unknown): [what: string, hint: string] {
  if (cause instanceof TimedOut)
    return [
      `it did not answer within ${cause.milliseconds / 1000} s`,
      'Try again, or set a longer time to wait in the settings of the workspace.',
    ];
  if (hasCode(cause, ...UNTRUSTED))
    return [
      'its certificate is not trusted on this computer',
      'Set the file with the certificate of its authority in the settings of the workspace.',
    ];
  const code = String((cause as { code?: unknown } | null | undefined)?.code);
  if (WRONG_CERTIFICATE[code]) return [WRONG_CERTIFICATE[code], 'Ask whoever runs the server for a new one.'];
  // Other versions of TLS say it by a code of their own.
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH/.test(code)) return UNREACHED['EPROTO']!;
  return UNREACHED[code] ?? [messageOf(cause).replace(/\.$/, ''), 'Check the address and the network.'];
}
