import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { settingLines, trackingVariables } from '../../../src/workspace/local/tracking.js';

describe('variables by which programs find the local server', () => {
  const server = { port: 5000, token: 'secret' };

  it('win over what MLflow keeps in ~/.mlflow/credentials', () => {
    assert.deepEqual(trackingVariables(server, {}), {
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:5000',
      MLFLOW_TRACKING_TOKEN: 'secret',
      MLFLOW_TRACKING_USERNAME: 'trainyard',
      MLFLOW_TRACKING_PASSWORD: 'secret',
    });
  });

  it('lead past a proxy, where there is one', () => {
    const { NO_PROXY } = trackingVariables(server, { http_proxy: 'http://corp', no_proxy: 'intranet' });
    assert.equal(NO_PROXY, 'intranet,127.0.0.1,localhost');
  });

  it('are set by lines of each shell, whatever they hold', function () {
    const hostile = `it's $HOME \\ "x" \`id\``;
    assert.equal(settingLines({ A: hostile }, 'fish'), `set -gx A 'it\\'s $HOME \\\\ "x" \`id\`'\n`);
    assert.equal(settingLines({ A: hostile }, 'powershell'), `$env:A = 'it''s $HOME \\ "x" \`id\`'\n`);
    assert.equal(
      settingLines({ A: hostile }, 'python'),
      `import os\nos.environ.update({\n    "A": "it's $HOME \\\\ \\"x\\" \`id\`"\n})\n`,
    );
    if (process.platform === 'win32') return;
    const script = `${settingLines({ A: hostile }, 'sh')}printf %s "$A"`;
    assert.equal(execFileSync('sh', ['-c', script], { encoding: 'utf8' }), hostile);
  });
});
