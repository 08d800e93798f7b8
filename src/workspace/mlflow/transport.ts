import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';

export interface Sent {
  method: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

/**
 * Requests over HTTP and HTTPS, with an authority of one's own where one is configured. Redirects are not followed: a
 * secret goes to the configured server and to no other.
 */
export class Transport {
  private readonly ca: string | undefined;
  private readonly timeout: number;
  private agents: Promise<{ http: http.Agent; https: https.Agent }> | undefined;

  /** @param timeout ms without a byte after which a request is given up */
  constructor({ ca, timeout }: { ca?: string; timeout: number }) {
    this.ca = ca;
    this.timeout = timeout;
  }

  /**
   * Resolves with the head of the answer; its body is still to be read.
   * @throws what the system says; TimedOut | BAD_REQUEST when the file of the authority cannot be read
   */
  async send(url: URL, { method, headers, body, signal }: Sent): Promise<http.IncomingMessage> {
    signal?.throwIfAborted();
    const agents = await this.open();
    const isSecure = url.protocol === 'https:';
    const content = body === undefined ? undefined : Buffer.from(body);
    return new Promise((resolve, reject) => {
      const options: https.RequestOptions = {
        method,
        agent: isSecure ? agents.https : agents.http,
        headers: { ...headers, ...(content && { 'content-length': content.length }) },
        timeout: this.timeout,
        signal,
      };
      let answer: http.IncomingMessage | undefined;
      const request = (isSecure ? https : http).request(url, options, (head) => resolve((answer = head)));
      request.on('timeout', () => (answer ?? request).destroy(new TimedOut(this.timeout)));
      request.on('error', reject);
      request.end(content);
    });
  }

  private open(): Promise<{ http: http.Agent; https: https.Agent }> {
    this.agents ??= this.makeAgents().catch((error: unknown) => {
      // A file that is put right is read at the next request.
      this.agents = undefined;
      throw error;
    });
    return this.agents;
  }

  private async makeAgents() {
    const options = { keepAlive: true, maxSockets: MOST_SOCKETS, timeout: this.timeout };
    const ca = this.ca === undefined ? undefined : await readAuthority(this.ca);
    return { http: new http.Agent(options), https: new https.Agent({ ...options, ...(ca && { ca }) }) };
  }
}

const MOST_SOCKETS = 8;

export class TimedOut extends Error {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
    this.milliseconds = milliseconds;
  }
}

async function readAuthority(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const why = hasCode(cause, 'ENOENT') ? 'there is no such file' : messageOf(cause);
    throw new TrainyardError('BAD_REQUEST', `The certificates in ${file} cannot be read: ${why}.`, {
      hint: 'Correct the path of the file in the settings of the workspace.',
      cause,
    });
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new TrainyardError('BAD_REQUEST', `${file} holds no certificate in the PEM format.`, {
    hint: 'Choose the file with the certificate of the authority; it begins with “-----BEGIN CERTIFICATE-----”.',
  });
}
