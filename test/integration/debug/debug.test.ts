import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { buildScriptJob } from '../../../src/job/build.js';
import type { AttachConfiguration } from '../../../src/job/debug.js';
import type { Run } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';
import { DebugClient } from './dap.js';

const python = process.env['TRAINYARD_TEST_DEBUGPY'];

type Debugged = Run & { configuration: AttachConfiguration };

/** Line 4 is the one to stop at. */
const SCRIPT = `import sys
from pkg.model import area
side = int(sys.argv[1])
total = side + 1
print('total', total, area(side))
`;

for (const view of ['root', 'user', 'none'])
  describe(`a job under a debugger, with the view ${view}`, () => {
    let test: TestHome;

    before(function () {
      if (!python) return this.skip();
      test = new TestHome();
      test.write('train.py', SCRIPT);
      test.write('pkg/__init__.py', '');
      test.write('pkg/train.py', "print('went on')\n");
      test.write('pkg/model.py', 'def area(side):\n    square = side * side\n    return square\n');
    });
    after(() => test?.close());

    const call = (args: string[]) =>
      test.cli(['debug', '--python', python ?? '', ...args], { env: { TRAINYARD_JOB_VIEW: view } });
    function debug(args: string[]): Debugged {
      const { stdout, stderr } = call(['--json', ...args]);
      assert.ok(stdout, stderr);
      return JSON.parse(stdout) as Debugged;
    }
    const at = (name: string) => path.join(test.project, name);

    it('stops at breakpoints of the person’s folder and goes on', async () => {
      const run = debug(['train.py', '--', '6']);
      const { configuration } = run;
      assert.equal(run.state, 'running');
      assert.equal(run.job?.debugger?.waits, true);
      assert.deepEqual(configuration.connect, {
        host: '127.0.0.1',
        port: run.job?.debugger?.port,
      });
      const client = await DebugClient.connect(configuration.connect);
      await client.attach(configuration, { [at('train.py')]: [4], [at('pkg/model.py')]: [3] });
      const first = await client.stopped();
      assert.deepEqual([first.file, first.line], [at('train.py'), 4]);
      assert.equal(await client.evaluate('side', first.frameId), '6');
      await until('the run to say that it no longer waits', async () => {
        const { job } = await test.workspace.run(run.id);
        return job?.debugger?.waits === false;
      });
      await client.request('continue', { threadId: first.threadId });
      const second = await client.stopped();
      assert.deepEqual([second.file, second.line], [at('pkg/model.py'), 3]);
      assert.equal(await client.evaluate('square', second.frameId), '36');
      await client.request('continue', { threadId: second.threadId });
      const ended = await test.ended(run.id);
      assert.equal(ended.state, 'finished', await test.log(run.id));
      assert.equal(ended.job?.debugger, undefined);
      assert.equal(ended.job?.outsideCode, undefined);
      assert.equal(await test.log(run.id), 'total 7 36\n');
      client.close();
    });

    it('lets the job go on when the debugger detaches', async () => {
      const run = debug(['-m', 'pkg.train']);
      const client = await DebugClient.connect(run.configuration.connect);
      await client.attach(run.configuration, { [at('pkg/train.py')]: [1] });
      await client.stopped();
      await client.request('disconnect', { terminateDebuggee: false });
      client.close();
      assert.equal((await test.ended(run.id)).state, 'finished', await test.log(run.id));
      assert.equal(await test.log(run.id), 'went on\n');
    });

    it('can be cancelled while it waits, and leaves no debugger behind', async () => {
      const run = debug(['train.py', '--', '6']);
      const said = test.cli(['run', 'show', run.id]).stdout;
      assert.match(
        said,
        new RegExp(`waits for a debugger on 127\\.0\\.0\\.1:${run.configuration.connect.port}`),
      );
      await test.workspace.jobs.cancel(run.id);
      assert.equal((await test.ended(run.id)).state, 'cancelled');
      await assert.rejects(DebugClient.connect(run.configuration.connect), /ECONNREFUSED/);
    });

    it('still says where it waits after the server was killed', async () => {
      const run = debug(['train.py', '--', '6']);
      await test.killServer();
      const again = await test.workspace.run(run.id);
      assert.deepEqual(again.job?.debugger, run.job?.debugger);
      await test.workspace.jobs.cancel(run.id);
      await test.ended(run.id);
    });
  });

describe('debug, from the command line', () => {
  let test: TestHome;
  /** An interpreter without debugpy. */
  let bare: string;

  before(function () {
    if (!python) return this.skip();
    test = new TestHome();
    bare = path.join(test.root, 'bare', 'bin', 'python');
    execFileSync(python, ['-m', 'venv', '--without-pip', path.join(test.root, 'bare')]);
    test.write('train.py', 'print(1)\n');
    test.write('go.sh', 'echo 1\n');
  });
  after(() => test?.close());

  it('prints the address, a configuration and how to cancel', async () => {
    const { stdout, status } = test.cli(['debug', '--python', python ?? '', 'train.py']);
    assert.equal(status, 0);
    const [run] = (await test.workspace.runs({})).runs;
    const address = /waits for a debugger on 127\.0\.0\.1:(\d+)/.exec(stdout);
    assert.ok(address, stdout);
    const configuration = JSON.parse(
      stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1),
    ) as object;
    assert.deepEqual(configuration, {
      name: run?.name,
      type: 'debugpy',
      request: 'attach',
      connect: { host: '127.0.0.1', port: Number(address[1]) },
      pathMappings: [{ localRoot: test.project, remoteRoot: test.project }],
    });
    assert.ok(stdout.includes(`trainyard run cancel ${run?.id}`), stdout);
  });

  it('says that debugpy is missing and how to install it, and submits nothing', async () => {
    const before = (await test.workspace.runs({})).runs.length;
    const { stderr, status } = test.cli(['debug', '--python', path.join(test.root, 'bare'), 'train.py']);
    assert.equal(status, 2);
    assert.match(stderr, /debugpy is not installed for /);
    assert.ok(stderr.includes(`Install it with: ${bare} -m pip install debugpy`), stderr);
    assert.equal((await test.workspace.runs({})).runs.length, before);
  });

  it('runs an interpreter without debugpy under a copy of it from elsewhere', async () => {
    const where = 'import debugpy, os; print(os.path.dirname(debugpy.__file__))';
    const debugpy = execFileSync(python ?? '', ['-c', where], { encoding: 'utf8' }).trim();
    test.write('paths.py', 'import sys\nprint([entry for entry in sys.path if "debugpy" in entry])\n');
    const spec = buildScriptJob({
      script: path.join(test.project, 'paths.py'),
      codeFolder: test.project,
      workingFolder: test.project,
      interpreter: bare,
    });
    const { id } = await test.workspace.jobs.submit({ ...spec, debug: { debugpy } }, {});
    const waiting = await until('it to wait', async () => {
      const { job } = await test.workspace.run(id);
      return job?.debugger?.waits && job.debugger;
    });
    const client = await DebugClient.connect(waiting);
    await client.attach({ connect: { host: waiting.host, port: waiting.port } }, {});
    assert.equal((await test.ended(id)).state, 'finished', await test.log(id));
    assert.equal(await test.log(id), '[]\n');
    client.close();
  });

  it('refuses what is not Python', () => {
    const { stderr, status } = test.cli(['debug', 'go.sh']);
    assert.equal(status, 2);
    assert.match(stderr, /Only Python can be debugged, and this job runs bash\./);
  });
});
