import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redactRemote } from '../../../src/snapshot/redact-remote.js';

describe('redactRemote', () => {
  const cases: [given: string, redacted: string][] = [
    ['https://example.org/team/project.git', 'https://example.org/team/project.git'],
    ['https://user:pass@example.org/p.git', 'https://example.org/p.git'],
    ['https://ghp_token@example.org:8443/p.git', 'https://example.org:8443/p.git'],
    ['https://user:p@ss@example.org/p.git', 'https://example.org/p.git'],
    ['https://user:p/a?s#s@example.org/p.git', 'https://example.org/p.git'],
    ['https://example.org/p.git?token=abc&x=1', 'https://example.org/p.git'],
    ['https://example.org/p.git#secret', 'https://example.org/p.git'],
    ['https://example.org/@scope/p.git', 'https://example.org/@scope/p.git'],
    ['https://example.org:443/@scope/p.git', 'https://example.org:443/@scope/p.git'],
    ['http://[::1]:3000/p.git', 'http://[::1]:3000/p.git'],
    ['ssh://git@example.org:22/p.git', 'ssh://git@example.org:22/p.git'],
    ['ssh://git:pass@example.org/p.git', 'ssh://example.org/p.git'],
    ['git@example.org:team/p.git', 'git@example.org:team/p.git'],
    ['git:pass@example.org:team/p.git', 'example.org:team/p.git'],
    ['glpat-abcdef@example.org:p.git?private_token=x', 'example.org:p.git'],
    ['example.org:team/p.git', 'example.org:team/p.git'],
    ['persistent-https::https://user:pass@example.org/p', 'persistent-https::https://example.org/p'],
    ['/srv/git/p@home.git', '/srv/git/p@home.git'],
    ['../p.git', '../p.git'],
    ['C:\\Users\\me@work\\p.git', 'C:\\Users\\me@work\\p.git'],
    ['file:///srv/git/p.git', 'file:///srv/git/p.git'],
  ];
  for (const [given, redacted] of cases) it(given, () => assert.equal(redactRemote(given), redacted));

  it('keeps no part of any user and password', () => {
    const secret = fc.stringMatching(/^[!-~]{8,30}$/).map((text) => text.replace(/[/?#]/g, '@'));
    fc.assert(
      fc.property(
        fc.constantFrom('https', 'http', 'ssh', 'ftp'),
        secret,
        secret,
        (scheme, user, password) => {
          const redacted = redactRemote(`${scheme}://${user}:${password}@example.org/p.git`);
          assert.equal(redacted, `${scheme}://example.org/p.git`);
        },
      ),
    );
  });
});
