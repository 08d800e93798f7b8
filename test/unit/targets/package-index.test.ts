import assert from 'node:assert/strict';
import {
  indexOptions,
  type PersonsSettings,
  pipConf,
  variablesForUv,
} from '../../../src/targets/shared/package-index.js';

const person = (env: Record<string, string>, files: Record<string, string> = {}): PersonsSettings => ({
  env,
  platform: 'linux',
  home: '/home/me',
  textOf: (file) => files[file],
});
const USER = '/home/me/.config/pip/pip.conf';
const UV = '/home/me/.config/uv/uv.toml';

describe('where packages come from', () => {
  it('is what pip.conf says, and more so the variables', async () => {
    const files = {
      '/etc/pip.conf': '[global]\nindex-url = https://system/simple\ntimeout = 3\n',
      [USER]:
        '# mine\n[global]\nindex_url: https://user/simple\nextra-index-url =\n    https://a/simple\n    https://b/simple\n[install]\ntrusted-host = a\n',
    };
    assert.deepEqual(await indexOptions(person({}, files)), {
      'index-url': 'https://user/simple',
      'extra-index-url': 'https://a/simple https://b/simple',
      'trusted-host': 'a',
    });
    const { 'index-url': index, 'extra-index-url': extra } = await indexOptions(
      person({ PIP_INDEX_URL: 'https://me:secret@own/simple' }, files),
    );
    assert.deepEqual([index, extra], ['https://me:secret@own/simple', 'https://a/simple https://b/simple']);
    assert.deepEqual(await indexOptions(person({ PIP_CONFIG_FILE: '/dev/null' }, files)), {});
    assert.deepEqual(
      await indexOptions(
        person({ PIP_CONFIG_FILE: '/x' }, { ...files, '/x': '[global]\nno-index = true\n' }),
      ),
      {
        'index-url': 'https://user/simple',
        'extra-index-url': 'https://a/simple https://b/simple',
        'trusted-host': 'a',
        'no-index': 'true',
      },
    );
    assert.deepEqual(await indexOptions(person({})), {});
  });

  it('is what uv was told, where nobody told pip', async () => {
    const toml =
      '[[index]]\nname = "t"\nurl = "https://t/simple"\n[[index]]\nurl = "https://own/simple"\ndefault = true\n';
    assert.deepEqual(await indexOptions(person({}, { [UV]: toml })), {
      'index-url': 'https://own/simple',
      'extra-index-url': 'https://t/simple',
    });
    assert.deepEqual(
      await indexOptions(person({ UV_INDEX: 'x=https://x/simple https://y/simple' }, { [UV]: toml })),
      { 'index-url': 'https://own/simple', 'extra-index-url': 'https://x/simple https://y/simple' },
    );
    assert.deepEqual(await indexOptions(person({}, { [UV]: 'not toml' })), {});
  });

  it('is told to uv as pip has it, unless uv was told', async () => {
    const pip = { PIP_INDEX_URL: 'https://own/simple', PIP_FIND_LINKS: '/a /b' };
    assert.deepEqual(await variablesForUv(person(pip)), {
      UV_INDEX_URL: 'https://own/simple',
      UV_FIND_LINKS: '/a,/b',
    });
    assert.deepEqual(await variablesForUv(person({ ...pip, UV_DEFAULT_INDEX: 'https://uv/simple' })), {});
  });

  it('is a pip.conf for another machine, without paths of this one', () => {
    assert.equal(
      pipConf({ 'extra-index-url': 'https://a https://b', 'find-links': '/opt/wheels https://c/wheels' }),
      '[global]\nextra-index-url =\n    https://a\n    https://b\nfind-links =\n    https://c/wheels\n',
    );
    assert.equal(pipConf({ 'find-links': '/opt/wheels' }), '');
  });
});
