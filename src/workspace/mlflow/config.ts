import { TrainyardError } from '../../base/errors.js';
import type { WorkspaceEntry } from '../configuration/list.js';
import type { Credentials, Tracking } from '../registry.js';

/** How the server knows who asks. */
export const AUTH_KINDS = ['none', 'token', 'basic', 'header'] as const;
export type AuthKind = (typeof AUTH_KINDS)[number];

/** What is configured of a server. No secret is part of it. */
export interface MlflowConfig {
  /** Address without a `/` at its end; perhaps with a path. */
  uri: string;
  auth: AuthKind;
  /** With `basic`. */
  user: string;
  /** Name of the header, with `header`. */
  header: string;
  /** File with the certificates of the authorities that are trusted (PEM); absent: those that Node trusts. */
  ca?: string;
  /** Milliseconds without a byte from the server after which it is given up. */
  timeout: number;
}

/** Names of the secrets, by kind. */
const SECRETS = { token: 'token', basic: 'password', header: 'headerValue' } as const;

export const DEFAULT_TIMEOUT_S = 30;
const LONGEST_TIMEOUT_S = 600;
/** A token of RFC 9110. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Belong to the transport. */
const OWN_HEADERS = new Set(['host', 'content-length', 'content-type', 'transfer-encoding', 'connection']);

/** @throws BAD_REQUEST that says what is wrong with the entry */
export function readConfig(entry: WorkspaceEntry): MlflowConfig {
  const text = (name: string): string => {
    const value = entry[name];
    return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  };
  const refuse = (problem: string | undefined, hint: string) => {
    if (problem !== undefined)
      throw new TrainyardError('BAD_REQUEST', `The workspace “${entry.name}” cannot be used: ${problem}`, {
        hint,
      });
  };
  refuse(
    problemOfUri(text('uri')),
    'Give the address of the tracking server, such as https://mlflow.example.com.',
  );
  const auth = text('auth') || 'none';
  if (!isAuthKind(auth))
    throw new TrainyardError('BAD_REQUEST', `“${auth}” is not a way to sign in to an MLflow server.`, {
      hint: `Choose one of ${AUTH_KINDS.join(', ')}.`,
    });
  if (auth === 'basic') refuse(problemOfUser(text('user')), 'Give the user name.');
  if (auth === 'header') refuse(problemOfHeader(text('header')), 'Give the name of the header.');
  refuse(problemOfTimeout(text('timeout')), 'Give the seconds as a number.');
  const ca = text('ca');
  return {
    uri: normalUri(text('uri')),
    auth,
    user: text('user'),
    header: text('header'),
    ...(ca && { ca }),
    timeout: (Number(text('timeout')) || DEFAULT_TIMEOUT_S) * 1000,
  };
}

const isAuthKind = (text: string): text is AuthKind => (AUTH_KINDS as readonly string[]).includes(text);

/** Without what the pages of the server put behind it (`/#/experiments/3`). @param uri one that `problemOfUri` accepts */
function normalUri(uri: string): string {
  const { origin, pathname } = new URL(uri);
  return origin + pathname.replace(/\/+$/, '');
}

/** A sentence on what is wrong; undefined when nothing is. */
export function problemOfUri(uri: string): string | undefined {
  if (uri.trim() === '') return 'It has no address.';
  const url = URL.canParse(uri.trim()) ? new URL(uri.trim()) : undefined;
  if (!url || url.hostname === '' || !/^https?:$/.test(url.protocol))
    return `“${withoutUser(uri)}” is not an address that begins with http:// or https://.`;
  if (url.username !== '' || url.password !== '')
    return 'The address contains a user name or password. Leave them out: they are asked for separately.';
  return undefined;
}

/** For messages, which are kept and shown: an address may hold a password. */
function withoutUser(uri: string): string {
  return uri.replace(/^(.*?\/\/)?.*@/, '$1…@').replace(/[?#].*$/, '');
}

export function problemOfUser(user: string): string | undefined {
  if (user === '') return 'It has no user name.';
  return user.includes(':') ? 'A user name cannot contain a colon.' : undefined;
}

export function problemOfHeader(name: string): string | undefined {
  if (!HEADER_NAME.test(name)) return `“${name}” is not a valid header name.`;
  return OWN_HEADERS.has(name.toLowerCase()) ? `The header ${name} is set by Trainyard itself.` : undefined;
}

export function problemOfTimeout(seconds: string): string | undefined {
  if (seconds === '') return undefined;
  const number = Number(seconds);
  return number > 0 && number <= LONGEST_TIMEOUT_S
    ? undefined
    : `The timeout must be a number of seconds up to ${LONGEST_TIMEOUT_S}, not “${seconds}”.`;
}

/**
 * The headers by which the server knows who asks.
 * @throws UNAUTHENTICATED when the secret is not there | BAD_REQUEST when it cannot be sent
 */
export async function authHeaders(
  { auth, user, header }: MlflowConfig,
  credentials: Credentials,
): Promise<Record<string, string>> {
  if (auth === 'none') return {};
  const secret = await secretOf(auth, credentials);
  switch (auth) {
    case 'token':
      return { authorization: `Bearer ${secret}` };
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` };
    case 'header':
      return { [header.toLowerCase()]: Buffer.from(secret).toString('latin1') };
  }
}

async function secretOf(auth: Exclude<AuthKind, 'none'>, credentials: Credentials): Promise<string> {
  const secret = await credentials.get(SECRETS[auth]);
  if (secret === undefined)
    throw new TrainyardError('UNAUTHENTICATED', `The ${SPOKEN[auth]} is not known on this computer.`, {
      hint: 'Set the credentials of the workspace.',
    });
  // Node refuses such a header with the secret in its message.
  if (/[\r\n\0]/.test(secret))
    throw new TrainyardError('BAD_REQUEST', `The ${SPOKEN[auth]} has more than one line.`, {
      hint: 'Set the credentials of the workspace again.',
    });
  return secret;
}

const SPOKEN = { token: 'token', basic: 'password', header: 'value of the header' } as const;

/** Variables by which MLflow's client finds the server and is known there. @throws NOT_SUPPORTED for a header */
export function trackingOf(config: MlflowConfig, credentials: Credentials): Tracking {
  const { auth, uri, user, ca } = config;
  if (auth === 'header')
    throw new TrainyardError('NOT_SUPPORTED', `MLflow's client cannot send the header ${config.header}.`, {
      hint: 'Choose a workspace with a token or a password.',
    });
  const variable = SECRET_VARIABLES[auth];
  return {
    variables: {
      MLFLOW_TRACKING_URI: uri,
      ...(auth === 'basic' && { MLFLOW_TRACKING_USERNAME: user }),
      ...(ca !== undefined && { MLFLOW_TRACKING_SERVER_CERT_PATH: ca }),
    },
    secretNames: variable === undefined ? [] : [variable],
    secrets: async () => {
      if (auth === 'none' || variable === undefined) return {};
      return { [variable]: await secretOf(auth, credentials) };
    },
  };
}

const SECRET_VARIABLES = {
  none: undefined,
  token: 'MLFLOW_TRACKING_TOKEN',
  basic: 'MLFLOW_TRACKING_PASSWORD',
} as const;
