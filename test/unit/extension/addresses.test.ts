import assert from 'node:assert/strict';
import { lensLine } from '../../../src/extension/lens/lens-line.js';
import { findAddresses, targetOf } from '../../../src/extension/links/addresses.js';

const ID = '0123456789abcdef0123456789abcdef';
const OTHER = 'f'.repeat(32);

describe('a link to the editor', () => {
  const target = (text: string) => {
    const [path = '', query = ''] = text.split('?');
    return targetOf({ path, query });
  };

  it('leads to a run, its charts, or a comparison', () => {
    assert.deepEqual(target(`/run/${ID}`), { show: 'run', runIds: [ID] });
    assert.deepEqual(target(`/charts?runs=${ID},${OTHER}`), { show: 'charts', runIds: [ID, OTHER] });
    assert.deepEqual(target(`/compare?runs=${ID},${OTHER},${ID}`), { show: 'compare', runIds: [ID, OTHER] });
  });

  for (const text of [
    '/',
    '/run',
    '/run/',
    `/run/${ID}/delete`,
    "/run/x' OR '1'='1",
    '/run/../x',
    '/charts',
    '/charts?runs=',
    `/charts/${ID}?runs=${ID}`,
    `/compare?runs=${ID}`,
    `/compare?runs=${ID},`,
    `/charts?runs=${Array.from({ length: 101 }, (_, i) => `r${i}`).join(',')}`,
    `/delete?runs=${ID}`,
  ])
    it(`leads nowhere as ${text.slice(0, 40)}`, () => assert.equal(target(text), undefined));
});

describe('addresses in a line of a terminal', () => {
  it('are the pages that the client of MLflow prints', () => {
    const page = `http://127.0.0.1:5123/#/experiments/7`;
    const line = `🏃 View run calm-otter at: ${page}/runs/${ID}`;
    assert.deepEqual(findAddresses(line), [
      { start: line.indexOf('http'), length: page.length + 38, port: 5123, experimentId: '7', runId: ID },
    ]);
    assert.deepEqual(findAddresses(`🧪 View experiment at: ${page}`)[0]?.runId, undefined);
    assert.equal(findAddresses(`🧪 View experiment at: ${page}`)[0]?.experimentId, '7');
  });

  it('are the pages that jobs in containers print, which know the server by another address', () => {
    for (const host of ['172.18.0.1:5123', 'host.docker.internal:5123', 'mlflow.example.com']) {
      const page = `http://${host}/#/experiments/7/runs/${ID}`;
      assert.deepEqual(findAddresses(`at: ${page}`), [
        { start: 4, length: page.length, experimentId: '7', runId: ID },
      ]);
    }
    assert.equal(findAddresses('at: http://172.18.0.1:5123/#/experiments/7')[0]?.experimentId, '7');
  });

  it('are ids that stand alone', () => {
    const line = `Submitted calm-otter (${ID}) to local`;
    assert.deepEqual(findAddresses(line), [{ start: line.indexOf(ID), length: 32, runId: ID }]);
  });

  it('are not other hosts, parts of longer numbers, or parts of paths', () => {
    for (const line of [
      `http://example.com:5123/#/experiments/7`,
      `sha256 ${ID}${ID}`,
      `/objects/${ID}`,
      `m-${ID}`,
      'nothing at all',
    ])
      assert.deepEqual(findAddresses(line), []);
  });
});

describe('the line of a script that the lens stands above', () => {
  const cases: [text: string, line: number | undefined][] = [
    ["import os\n\nif __name__ == '__main__':\n    main()\n", 2],
    ['if __name__=="__main__": main()', 0],
    ['import mlflow\nwith mlflow.start_run() as run:\n', 1],
    ['import mlflow\nmlflow.autolog()\nif __name__ == "__main__":\n', 1],
    ['mlflow.pytorch.autolog(log_models=False)\n', 0],
    ['def f():\n    return 1\n', undefined],
    ['# if __name__ == "__main__":\n', undefined],
    ['', undefined],
  ];
  for (const [text, line] of cases)
    it(`of ${JSON.stringify(text).slice(0, 50)} is ${line ?? 'none'}`, () =>
      assert.equal(lensLine(text), line));
});
