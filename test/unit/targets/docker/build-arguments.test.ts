import assert from 'node:assert/strict';
import { buildArguments } from '../../../../src/targets/docker/build-arguments.js';

const indexes = { 'index-url': 'https://own/simple', 'extra-index-url': 'https://me:secret@more/simple' };
const told = { indexes, pipConf: '[global]\n' };
const plain = (dockerfile: string, env: Record<string, string>) =>
  buildArguments({ dockerfile, isOurs: false }, env, told);

describe('what a build is told of this machine', () => {
  it('are its proxies, in both spellings', () => {
    const { values, needsHost } = plain('FROM x\n', {
      https_proxy: 'http://me:secret@proxy:3128',
      NO_PROXY: 'a',
    });
    assert.deepEqual(values, {
      HTTPS_PROXY: 'http://me:secret@proxy:3128',
      https_proxy: 'http://me:secret@proxy:3128',
      NO_PROXY: 'a',
      no_proxy: 'a',
    });
    assert.equal(needsHost, false);
  });

  it('are indexes that its Dockerfile asks for, but never a password that its image would keep', () => {
    const { values, withheld } = plain(
      'FROM x\nARG PIP_INDEX_URL=https://pypi.org/simple\narg PIP_EXTRA_INDEX_URL HTTPS_PROXY\n',
      { HTTPS_PROXY: 'http://me:secret@proxy' },
    );
    assert.deepEqual(values, { PIP_INDEX_URL: 'https://own/simple', https_proxy: 'http://me:secret@proxy' });
    assert.deepEqual(withheld.sort(), ['HTTPS_PROXY', 'PIP_EXTRA_INDEX_URL']);
  });

  it('are all settings of pip for builds that keep none of them', () => {
    const { values } = buildArguments({ dockerfile: 'FROM x\n', isOurs: true }, {}, told);
    assert.deepEqual(values, { FTP_PROXY: '[global]\n' });
  });

  it('says when it is told an address of this machine', () => {
    for (const url of ['http://127.0.0.1:3128', 'http://u:p@localhost', 'http://[::1]:1/'])
      assert.equal(plain('FROM x\n', { HTTP_PROXY: url }).needsHost, true, url);
    const elsewhere: Record<string, string>[] = [
      { HTTP_PROXY: 'http://localhost.example' },
      { NO_PROXY: '//localhost' },
    ];
    for (const env of elsewhere) assert.equal(plain('FROM x\n', env).needsHost, false);
  });
});
