import assert from 'node:assert/strict';
import fs from 'node:fs';
import prettier from 'prettier';
import { urlsOf } from '../../../src/server/mlflow/route.js';
import { ROUTES } from '../../../src/server/mlflow/routes.js';
import { protocolPage } from './protocol-page.js';

const PAGE = new URL('../../../docs/mlflow-protocol.md', import.meta.url);

describe('the table of routes', () => {
  it('names each method and address once', () => {
    const all = ROUTES.flatMap((route) =>
      urlsOf(route).flatMap((url) => route.methods.map((m) => `${m} ${url}`)),
    );
    assert.deepEqual(
      all.filter((entry, i) => all.indexOf(entry) !== i),
      [],
    );
  });

  it('is what docs/mlflow-protocol.md says', async () => {
    const page = await prettier.format(protocolPage(ROUTES), { parser: 'markdown' });
    if (process.env.TRAINYARD_UPDATE_DOCS) fs.writeFileSync(PAGE, page);
    assert.equal(fs.readFileSync(PAGE, 'utf8'), page, 'run this test with TRAINYARD_UPDATE_DOCS=1');
  });
});
