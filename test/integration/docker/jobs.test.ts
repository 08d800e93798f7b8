import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildJob, type JobParts } from '../../../src/job/build.js';
import type { CommandJob } from '../../../src/job/spec.js';
import { describeWithEngine } from '../../support/engine.js';
import { TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';

/** A script that anybody may have: it knows nothing of Trainyard. */
const TRAIN = `
import os, sys
import mlflow
with mlflow.start_run():
    mlflow.log_param('lr', 0.1)
    for step in range(3):
        mlflow.log_metric('loss', 1 / (step + 1), step=step)
    print('secret has', len(os.environ['SECRET']), 'letters')
    print('to stderr', file=sys.stderr)
    print(open('data.txt').read().strip(), os.getcwd(), os.getuid())
    os.makedirs('made', exist_ok=True)
    open('made/notes.txt', 'w').write('notes')
    open(os.path.join(os.environ['TRAINYARD_OUTPUT'], 'model.bin'), 'wb').write(b'x' * 1000)
    mlflow.log_text('text', 'note.txt')
print('waiting', flush=True)
import time
while not os.path.exists(os.path.join(os.environ['TRAINYARD_OUTPUT'], 'go')):
    time.sleep(0.05)
`;

function isAlive(pid: number): boolean {
  return spawnSync('kill', ['-0', String(pid)]).status === 0;
}

describeWithEngine('jobs in containers', function ({ address, images }) {
  this.timeout(180_000);
  let home: TestHome;
  const docker = (...args: string[]) =>
    execFileSync('docker', args, { encoding: 'utf8', env: { ...process.env, DOCKER_HOST: address } }).trim();
  const inspect = (id: string) =>
    (JSON.parse(docker('inspect', `trainyard-${id}`)) as Record<string, never>[])[0] as unknown as {
      Config: { Env: string[] };
      NetworkSettings: { Networks: Record<string, { IPAddress: string; Gateway: string }> };
    };
  const outputOf = (id: string) => path.join(home.home, 'jobs', id, 'output');

  before(async () => {
    home = new TestHome();
    home.write('train.py', TRAIN);
    home.write('data.txt', 'as submitted\n');
    await home.workspace.changeSettings({ grace: 1, targets: { docker: { host: address } } });
  });
  after(() => home.close());

  function submit(command: string[], more: Partial<CommandJob> = {}, secrets?: Record<string, string>) {
    const parts: JobParts = { codeFolder: home.project, workingFolder: home.project, target: 'docker' };
    const spec: CommandJob = {
      ...buildJob(parts, { command }),
      environment: { kind: 'image', image: images.shell },
      ...more,
    };
    return home.workspace.jobs.submit(spec, { secrets });
  }
  const sh = (script: string, more: Partial<CommandJob> = {}, secrets?: Record<string, string>) =>
    submit(['sh', '-c', script], more, secrets);
  const logged = (id: string, text: string) =>
    until(`the log to hold ${text}`, async () => (await home.log(id)).includes(text), 60_000);

  it('log by MLflow’s client, keep what they print and write, and are the person’s', async () => {
    const secret = 'hunter2-hunter2';
    const { id } = await submit(
      ['python', 'train.py'],
      { environment: { kind: 'image', image: images.python } },
      { SECRET: secret },
    );
    home.write('data.txt', 'edited after the submit\n');
    await logged(id, 'waiting');
    const { Config } = inspect(id);
    assert.ok(!JSON.stringify(Config).includes(secret));
    assert.ok(!Config.Env.some((pair) => /TOKEN|PASSWORD/.test(pair)));
    fs.writeFileSync(path.join(outputOf(id), 'go'), '');
    const run = await home.ended(id);
    assert.equal(run.state, 'finished', JSON.stringify(run.job));
    const log = await home.log(id);
    assert.match(log, /^secret has 15 letters\nto stderr\n/m);
    assert.ok(log.includes(`as submitted ${fs.realpathSync(home.project)} ${process.getuid?.()}\n`), log);
    assert.equal(run.params['lr'], '0.1');
    assert.equal(run.metrics['loss']?.value, 1 / 3);
    const files = await home.workspace.files(id, 'outputs');
    assert.deepEqual(files.map(({ path }) => path).sort(), [
      'outputs/go',
      'outputs/made',
      'outputs/model.bin',
    ]);
    await until(
      'the container to go',
      () => spawnSync('docker', ['inspect', `trainyard-${id}`]).status === 1,
    );
  });

  it('are told apart by how they ended', async () => {
    const limit = { memory: 64 * 1024 * 1024 };
    const eat = 'a=$(head -c 200000000 /dev/zero | tr "\\0" x); echo ${#a}';
    const [plain, memory, child, killed, terminated, late] = await Promise.all([
      sh('exit 3'),
      sh(`exec sh -c '${eat}'`, { resources: limit }),
      sh(`sh -c '${eat}'; exit 5`, { resources: limit }),
      sh('echo ready; kill -9 $$'),
      sh('kill -15 $$'),
      sh('sleep 60', { timeout: 1 }),
    ]);
    const ends = await Promise.all(
      [plain, memory, child, killed, terminated, late].map(async ({ id }) => {
        const { state, job } = await home.ended(id, 120);
        return { state, code: job?.exitCode, reason: job?.reason, kind: job?.cause?.kind };
      }),
    );
    assert.deepEqual(ends[0], { state: 'failed', code: 3, reason: undefined, kind: 'exit' });
    assert.match(ends[1]?.reason ?? '', /used more memory than its limit of 67 MB/);
    assert.equal(ends[1]?.code, 137);
    assert.match(ends[2]?.reason ?? '', /One of its processes was killed .* memory/);
    assert.equal(ends[2]?.code, 5);
    assert.match(ends[3]?.reason ?? '', /SIGKILL/);
    assert.match(ends[4]?.reason ?? '', /SIGTERM/);
    assert.match(ends[5]?.reason ?? '', /limit of 1 s/);
  });

  it('reach the server by an address that nobody else can use, whatever token they have', async () => {
    const wait = 'while [ ! -e "$TRAINYARD_OUTPUT/go" ]; do sleep 0.1; done';
    const ask =
      'wget -q -O - --header "Authorization: Bearer $MLFLOW_TRACKING_TOKEN" "$MLFLOW_TRACKING_URI$A"';
    const { id } = await sh(
      `A=/api/2.0/mlflow/experiments/get?experiment_id=0; ${ask} && echo reached
       echo "$MLFLOW_TRACKING_URI $MLFLOW_TRACKING_TOKEN" > "$TRAINYARD_OUTPUT/way"; echo ready; ${wait}`,
    );
    await logged(id, 'ready');
    assert.match(await home.log(id), /reached/);
    const [url = '', token = ''] = fs
      .readFileSync(path.join(outputOf(id), 'way'), 'utf8')
      .trim()
      .split(' ');
    const { hostname, port } = new URL(url);
    const [name = '', network] = Object.entries(inspect(id).NetworkSettings.Networks)[0] ?? [];
    assert.equal(hostname, network?.Gateway);
    const route = '/api/2.0/mlflow/experiments/get?experiment_id=0';

    // Of this machine, with the token that is good, by every address that it has.
    for (const localAddress of ['127.0.0.1', network?.Gateway]) {
      const answer = await new Promise<string>((resolve) => {
        const headers = { authorization: `Bearer ${token}` };
        http
          .get({ host: hostname, port, path: route, localAddress, headers }, ({ statusCode }) =>
            resolve(String(statusCode)),
          )
          .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      });
      assert.match(answer, /^(ECONNRESET|EINVAL|ETIMEDOUT)$/, `from ${localAddress}`);
    }
    // Of other containers: on the same network, and on the usual one.
    for (const other of [name, 'bridge']) {
      const args = ['run', '--rm', '--network', other, images.shell, 'wget', '-q', '-T', '5', '-O', '-'];
      const header = `Authorization: Bearer ${token}`;
      const { status, stdout } = spawnSync('docker', [...args, '--header', header, url + route], {
        encoding: 'utf8',
        env: { ...process.env, DOCKER_HOST: address },
      });
      assert.notEqual(status, 0, other);
      assert.equal(stdout, '', other);
    }
    // Nor of one that only looks like a job.
    const copy = ['run', '--rm', '--network', name, '--label', `trainyard.run=${id}`, images.shell];
    const copied = spawnSync('docker', [...copy, 'wget', '-q', '-T', '5', '-O', '-', url + route], {
      encoding: 'utf8',
      env: { ...process.env, DOCKER_HOST: address },
    });
    assert.notEqual(copied.status, 0);
    fs.writeFileSync(path.join(outputOf(id), 'go'), '');
    assert.equal((await home.ended(id)).state, 'finished');
  });

  it('without a network still log, and reach nothing else', async () => {
    const { id } = await sh(
      `wget -q -O - --header "Authorization: Bearer $MLFLOW_TRACKING_TOKEN" \
         "$MLFLOW_TRACKING_URI/api/2.0/mlflow/experiments/get?experiment_id=0" >/dev/null && echo logs
       while [ ! -e "$TRAINYARD_OUTPUT/go" ]; do sleep 0.1; done`,
      { network: 'off' },
    );
    await logged(id, 'logs');
    const [network = ''] = Object.keys(inspect(id).NetworkSettings.Networks);
    assert.equal(docker('network', 'inspect', '-f', '{{.Internal}}', network), 'true');
    fs.writeFileSync(path.join(outputOf(id), 'go'), '');
    assert.equal((await home.ended(id)).state, 'finished');
  });

  it('see data that they cannot change, and what git ignores', async () => {
    home.write('.gitignore', 'ignored/\n.secret\n');
    home.write('ignored/data.txt', 'ignored data\n');
    home.write('.secret', 'a file\n');
    const data = path.join(home.root, 'data set');
    fs.mkdirSync(data);
    fs.writeFileSync(path.join(data, 'table.csv'), 'a,b\n');
    const { id } = await sh(
      [
        'cat ignored/data.txt .secret "${{inputs.set}}/table.csv" "${{inputs.file}}"',
        'echo "$AZURE_ML_INPUT_file"',
        'for f in ignored/x .secret "${{inputs.set}}/x" "${{inputs.file}}"; do (echo x > "$f") 2>/dev/null && echo "wrote $f"; done',
        'echo made > "${{outputs.model}}/weights"',
      ].join('\n'),
      {
        inputs: {
          set: { type: 'uri_folder', path: data },
          file: { type: 'uri_file', path: path.join(data, 'table.csv') },
        },
        outputs: { model: { type: 'uri_folder' } },
      },
    );
    const run = await home.ended(id);
    assert.equal(run.state, 'finished', await home.log(id));
    assert.equal(await home.log(id), 'ignored data\na file\na,b\na,b\n/trainyard/inputs/file/table.csv\n');
    const files = await home.workspace.files(id, 'outputs/model');
    assert.deepEqual(
      files.map(({ path }) => path),
      ['outputs/model/weights'],
    );
  });

  it('say what to do when they write to what git ignores', async () => {
    home.write('.gitignore', 'ignored/\n');
    home.write('ignored/data.txt', 'ignored data\n');
    const { id } = await sh('echo x > ignored/x');
    const { state, job } = await home.ended(id);
    assert.equal(state, 'failed');
    assert.match(job?.reason ?? '', /read-only in a container/);
  });

  it('go on when the server is killed, which comes back, and are cancelled by force after their grace', async () => {
    const { id } = await sh('trap "" TERM; i=0; while :; do echo $i; i=$((i+1)); sleep 0.2; done');
    await logged(id, '3\n');
    const before = await home.workspace.status();
    await home.killServer();
    // Nobody asks for it: the watcher brings it back.
    const discovery = path.join(home.home, 'server.json');
    await until(
      'the server to come back',
      () => (JSON.parse(fs.readFileSync(discovery, 'utf8')) as { pid: number }).pid !== before.pid,
      60_000,
    );
    await until('the run to go on', async () => (await home.workspace.run(id)).state === 'running');
    const size = (await home.log(id)).length;
    await until('the log to grow', async () => (await home.log(id)).length > size);
    await home.workspace.jobs.cancel(id);
    assert.equal((await home.ended(id)).state, 'cancelled');
    const lines = (await home.log(id)).trim().split('\n');
    assert.deepEqual(
      lines,
      lines.map((_, i) => String(i)),
    );
  });

  it('run from an image without a shell, with their whole log, also over a kill of the server', async () => {
    const environment = { kind: 'image', image: images.noshell } as const;
    const loop =
      'i=0; while [ $i -lt 40 ]; do echo $i; i=$((i+1)); /busybox sleep 0.1; done; echo $SECRET >&2';
    const { id } = await submit(['/busybox', 'sh', '-c', loop], { environment }, { SECRET: 'told' });
    await logged(id, '5\n');
    await home.killServer();
    const run = await home.ended(id);
    assert.equal(run.state, 'finished');
    assert.match(run.job?.reason ?? '', /no \/bin\/sh.*SECRET/);
    assert.equal(
      await home.log(id),
      [...Array.from({ length: 40 }, (_, i) => String(i)), 'told', ''].join('\n'),
    );
    const { id: missing } = await submit(['/nothing'], { environment });
    const { state, job } = await home.ended(missing);
    assert.deepEqual([state, job?.cause?.kind], ['failed', 'start']);
    assert.match(job?.reason ?? '', /^\/nothing was not found in the image /);
  });

  it('are refused before anything is queued when their image is nowhere, or their limits are beyond the engine', async () => {
    const before = (await home.workspace.runs({ lifecycle: 'all' })).runs.length;
    const environment = { kind: 'image', image: 'localhost:1/none:latest' } as const;
    await assert.rejects(sh('true', { environment }), /“localhost:1\/none:latest” is not on this machine/);
    await assert.rejects(sh('true', { resources: { cpus: 1000 } }), /wants 1000 CPUs/);
    await assert.rejects(sh('true', { resources: { memory: 2 ** 50 } }), /of memory; Docker/);
    await assert.rejects(sh('true', { resources: { gpus: 1 } }), /GPU/);
    await assert.rejects(sh('true', { environment: undefined }), /needs an image/);
    assert.equal((await home.workspace.runs({ lifecycle: 'all' })).runs.length, before);
  });

  it('have limits of CPUs, memory and shared memory, and their use is measured', async () => {
    const { id } = await sh(
      'df -k /dev/shm | tail -1; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; ' +
        'end=$(($(date +%s) + 5)); while [ $(date +%s) -lt $end ]; do :; done',
      { resources: { cpus: 0.5, memory: 100 * 2 ** 20, shmSize: 32 * 2 ** 20 } },
    );
    const run = await home.ended(id);
    const log = await home.log(id);
    assert.match(log, / 32768 /);
    assert.match(log, /^104857600$/m);
    const cpu = run.metrics['system/cpu_utilization_percentage'];
    assert.ok(cpu && cpu.value > 5 && cpu.value < 75, JSON.stringify(run.metrics));
    assert.ok((run.metrics['system/system_memory_usage_megabytes']?.value ?? 0) > 0.1);
    assert.ok(run.metrics['system/network_receive_megabytes']);
  });

  it('run once, whenever the server is killed at their start', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const { id } = await sh('echo once; sleep 0.5');
      ids.push(id);
      const { pid } = await home.workspace.status();
      await sleep(n * 140);
      process.kill(pid, 'SIGKILL');
      await until('the server to be gone', () => !isAlive(pid));
    }
    for (const id of ids) {
      const run = await home.ended(id);
      assert.equal(run.state, 'finished', JSON.stringify(run.job));
      assert.equal(await home.log(id), 'once\n');
    }
    // The last one is removed after its end is told.
    const left = () => docker('ps', '-aq', '--filter', `label=trainyard.home=${home.home}`);
    await until('the containers to be removed', () => left() === '');
  });

  it('are submitted by the command line, with an image or that of the settings', async () => {
    home.write('train.sh', 'echo "$1 $0"; exit 4\n');
    const flags = ['--target', 'docker', '--watch'];
    const named = home.cli(['submit', 'train.sh', ...flags, '--image', images.shell, '--', 'a b']);
    assert.equal(named.status, 4, named.stderr + named.stdout);
    const command = home.cli([
      'submit',
      ...flags,
      '--image',
      images.shell,
      '--command',
      '--',
      'sh',
      '-c',
      'exit 6',
    ]);
    assert.equal(command.status, 6, command.stderr);
    const none = home.cli(['submit', 'train.sh', ...flags]);
    assert.notEqual(none.status, 4);
    assert.match(none.stderr, /--image/);
    await home.workspace.changeSettings({ targets: { docker: { host: address, image: images.python } } });
    home.write('version.py', 'import sys; print(sys.version_info.major, sys.argv)\n');
    const usual = home.cli(['submit', 'version.py', ...flags, '--json']);
    assert.equal(usual.status, 0, usual.stderr);
    const { id } = JSON.parse(usual.stdout) as { id: string };
    assert.match(await home.log(id), /^3 \['version.py'\]/);
  });

  it('leave copies of debugpy and containers of looks into images, which prune removes', async () => {
    const { leftovers, prune } = home.workspace.jobs;
    const ofHome = `trainyard.home=${home.home}`;
    docker('create', '--label', ofHome, images.shell, 'true');
    const ofOthers = docker('create', '--label', 'trainyard.home=/elsewhere', images.shell, 'true');
    const copies = path.join(home.home, 'docker', 'debuggers');
    fs.mkdirSync(path.join(copies, 'old', 'debugpy'), { recursive: true });
    fs.writeFileSync(path.join(copies, 'old', 'debugpy', '__init__.py'), '#'.repeat(5_000));
    const job = await sh('echo here; sleep 60');
    await logged(job.id, 'here');
    const find = async () => {
      const found = await leftovers.call(home.workspace.jobs, 'docker');
      return found.filter(({ label }) => /looked into an image|debugpy/.test(label));
    };
    assert.equal((await find()).length, 1, 'a job that runs may be debugged');
    await home.workspace.jobs.cancel(job.id);
    await home.ended(job.id);
    const found = await find();
    assert.equal(found.length, 2);
    assert.ok((found.find(({ label }) => label.includes('debugpy'))?.bytes ?? 0) >= 5_000);
    const ids = found.map(({ id }) => id);
    await prune.call(home.workspace.jobs, 'docker', ids);
    assert.deepEqual(await find(), []);
    assert.deepEqual(fs.existsSync(copies), false);
    assert.equal(
      docker('ps', '--all', '--quiet', '--filter', `label=${ofHome}`, '--filter', 'status=created'),
      '',
    );
    docker('rm', ofOthers);
  });

  it('leave a container behind when they fail and that is wanted, with a shell in it, and prune frees it', async () => {
    const docked = { host: address, image: images.shell };
    await home.workspace.changeSettings({ targets: { docker: { ...docked, keepFailed: true } } });
    const running = await sh('echo here; sleep 60');
    const failed = await sh('echo x > left-over; head -c 100000 /dev/zero > /tmp/big; exit 1');
    await logged(running.id, 'here');
    await home.ended(failed.id);
    const { leftovers, prune, shell } = home.workspace.jobs;
    const enter = async (id: string, script: string) => {
      const { command, env } = await shell.call(home.workspace.jobs, id);
      const [program = '', ...args] = command.filter((word) => word !== '-it');
      return execFileSync(program, [...args, '-c', script], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
    };
    assert.equal(await enter(running.id, 'cat /trainyard/output.log'), 'here\n');
    assert.equal(await enter(failed.id, `cat ${fs.realpathSync(home.project)}/left-over`), 'x\n');
    const found = await leftovers.call(home.workspace.jobs, 'docker');
    const [container] = found;
    assert.match(container?.label ?? '', new RegExp(`run ${failed.id.slice(0, 8)} .*exited \\(1\\)`));
    assert.ok((container?.bytes ?? 0) >= 100_000);
    assert.ok(!JSON.stringify(found).includes(running.id.slice(0, 8)), 'what runs is not to be removed');
    const shown = home.cli(['compute', 'prune', 'docker', '--json']);
    assert.notEqual(shown.status, 0, 'without --yes nothing is removed');
    const pruned = home.cli(['compute', 'prune', 'docker', '--yes']);
    assert.equal(pruned.status, 0, pruned.stderr);
    assert.match(pruned.stdout, /Removed 1; freed about/);
    assert.deepEqual(await leftovers.call(home.workspace.jobs, 'docker'), []);
    assert.deepEqual(await prune.call(home.workspace.jobs, 'docker', [container?.id ?? '']), []);
    assert.equal((await home.workspace.run(running.id)).state, 'running');
    await home.workspace.jobs.cancel(running.id);
    await home.ended(running.id);
    await assert.rejects(shell.call(home.workspace.jobs, failed.id), { code: 'NOT_RUNNING' });
  });

  it('are seen in the list of targets, and an engine that does not run says what to do until it is back', async () => {
    const at = (host: string) => home.workspace.changeSettings({ targets: { docker: { host } } });
    const row = async () => (await home.workspace.jobs.compute()).find(({ name }) => name === 'docker');
    await at(address);
    const up = await row();
    assert.ok(up?.ready && up.canPrune, up?.problem);
    assert.match(up.label, /^(Docker|Podman) \d/);
    assert.ok(up.facts?.some(({ label, value }) => label === 'Images' && Number(value) > 0));
    await at('unix:///nowhere.sock');
    const down = await row();
    assert.equal(down?.ready, false);
    assert.match(down.problem ?? '', /not running \(\/nowhere\.sock.*Start/s);
    await assert.rejects(sh('true'), { code: 'TARGET_UNREACHABLE' });
    await at(address);
    assert.equal((await row())?.ready, true);
  });

  it('are watched by one process, which ends with the home', async () => {
    const other = new TestHome();
    const watchers = () =>
      execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes('watcher.js') && line.includes(other.home));
    try {
      await other.workspace.changeSettings({ grace: 1, targets: { docker: { host: address } } });
      const parts: JobParts = { codeFolder: other.project, workingFolder: other.project, target: 'docker' };
      const spec: CommandJob = {
        ...buildJob(parts, { command: ['sh', '-c', 'sleep 2'] }),
        environment: { kind: 'image', image: images.shell },
      };
      const { id } = await other.workspace.jobs.submit(spec);
      await other.ended(id);
      assert.equal(watchers().length, 1);
    } finally {
      await other.close();
    }
    await until('the watcher to end', () => watchers().length === 0, 20_000);
  });
});
