import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parseEnvFile } from '../../../src/job/env-file.js';
import type { Run } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';
import { interpreter } from '../mlflow/python.js';

describe('files of variables', () => {
  it('are read as python-dotenv reads them', () => {
    const bit = fc.constantFrom(
      ...[
        'A',
        'B',
        'C_1',
        '=',
        ' = ',
        '\n',
        '\r\n',
        '\n\n',
        ' ',
        '\t',
        '#',
        ' # ',
        "'",
        '"',
        '\\',
        '\\n',
        "\\'",
        '\\"',
      ],
      ...[
        '${A}',
        '${B:-x y}',
        '${',
        '}',
        '$A',
        'export ',
        'export',
        'word',
        'two words',
        'ü',
        '1',
        ':',
        'A=1\n',
        "B='q'\n",
      ],
    );
    const texts = fc.sample(
      fc.array(bit, { maxLength: 14 }).map((bits) => bits.join('')),
      { numRuns: 4000, seed: 7 },
    );
    const env = { B: 'outer' };
    const code = `
import io, json, logging, os, sys
from dotenv import dotenv_values
logging.disable()
os.environ.clear(); os.environ.update(json.loads(sys.argv[1]))
texts = json.load(sys.stdin)
json.dump([dotenv_values(stream=io.StringIO(text)) for text in texts], sys.stdout)`;
    const { stdout, stderr, status } = spawnSync(interpreter('usual'), ['-c', code, JSON.stringify(env)], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    assert.equal(status, 0, stderr);
    const theirs = JSON.parse(stdout) as Record<string, string | null>[];
    let some = 0;
    texts.forEach((text, i) => {
      // A name without a value sets nothing.
      const set = Object.entries(theirs[i] ?? {}).filter(([, value]) => value !== null);
      assert.deepEqual(parseEnvFile(text, env).values, Object.fromEntries(set), JSON.stringify(text));
      some += set.length;
    });
    assert.ok(some > 500, `only ${some} values`);
  });

  describe('of a job', () => {
    let test: TestHome;
    before(() => {
      test = new TestHome();
      test.write('show.sh', 'echo "$KEY|$ONLY|$OVER|$MLFLOW_TRACKING_URI"\n');
      const secret = 'KEY="very-secret-value"\nOVER=file\nMLFLOW_TRACKING_URI=http://127.0.0.1:9\n';
      fs.writeFileSync(path.join(test.root, 'secret.env'), secret);
      fs.writeFileSync(path.join(test.root, 'more.env'), 'ONLY=${KEY}!\n');
    });
    after(() => test.close());

    const submit = (...args: string[]) => test.cli(['submit', 'show.sh', ...args]);

    it('reach it, are written nowhere, and give way to what the call says', async () => {
      const files = ['--env-file', '../secret.env', '--env-file', '../more.env'];
      const { stdout, stderr } = submit(...files, '--env', 'OVER=call', '--wait', '--json');
      const run = JSON.parse(stdout) as Run;
      assert.match(stderr, /MLFLOW_TRACKING_URI in \.\.\/secret\.env was ignored: Trainyard sets it\./);
      const [key, only, over, address] = (await test.log(run.id)).trim().split('|');
      assert.deepEqual([key, only, over], ['very-secret-value', 'very-secret-value!', 'call']);
      assert.notEqual(address, 'http://127.0.0.1:9');
      assert.deepEqual(run.job?.environmentVariables, { OVER: 'call' });
      assert.deepEqual(filesWith('very-secret-value'), []);
    });

    it('leave nothing of a secret in what the job starts from', async () => {
      // A name that does not look like a secret.
      const env = { PLAINLY: 'plain-secret-value' };
      const args = ['submit', 'show.sh', '--secret', 'PLAINLY', '--wait', '--json'];
      const run = JSON.parse(test.cli(args, { env }).stdout) as Run;
      assert.equal(run.state, 'finished');
      assert.deepEqual(filesWith('plain-secret-value'), []);
    });

    /** Files of the home that hold a text, less what jobs printed. */
    function filesWith(text: string): string[] {
      return fs.readdirSync(test.home, { recursive: true, encoding: 'utf8' }).filter((file) => {
        const full = path.join(test.home, file);
        if (path.basename(file) === 'output.log') return false;
        return fs.statSync(full, { throwIfNoEntry: false })?.isFile() && fs.readFileSync(full).includes(text);
      });
    }

    it('are an error when one cannot be read', () => {
      const { status, stderr } = submit('--env-file', 'none.env');
      assert.match(stderr, /The file none\.env cannot be read/);
      assert.equal(status, 2);
    });
  });
});
