import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { DockerTarget } from '../../../src/targets/docker/target.js';
import { targetContract } from '../../contract/target.js';
import { DockerHome } from '../../integration/docker/home.js';
import { describeWithEngine } from '../../support/engine.js';
import { until } from '../../support/until.js';
import { buildWatcher } from '../../support/watcher.js';
import { LOG } from '../log.js';
import { OwnEngine } from '../own-engine.js';

const ROUTE = '/api/2.0/mlflow/experiments/get?experiment_id=0';
const WAIT = 'while [ ! -e "$TRAINYARD_OUTPUT/go" ]; do sleep 0.1; done';

const KINDS = {
  Docker: () => OwnEngine.rootlessDockerd(),
  Podman: () => OwnEngine.podman(),
};

for (const [kind, make] of Object.entries(KINDS))
  describeWithEngine(`${kind} without root`, function ({ images }) {
    this.timeout(240_000);
    if (process.getuid?.() === 0) throw new Error('These tests run as another user than root.');
    const engine = make();
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-rootless-'));
    let test: DockerHome;
    before(async () => {
      await engine.start();
      await engine.load(images.shell);
      await engine.load(images.noshell);
      test = new DockerHome(engine.docker, engine.address);
    });
    after(async () => {
      await test.close();
      await engine.close();
      fs.rmSync(scratch, { recursive: true, force: true });
    });

    const outputOf = (id: string) => path.join(test.home, 'jobs', id, 'output');
    const letGo = (id: string) => fs.writeFileSync(path.join(outputOf(id), 'go'), '');

    targetContract(
      `docker, with ${kind} without root`,
      async (context) => new DockerTarget({ ...context, watcher: await buildWatcher(scratch) }),
      {
        environment: { kind: 'image', image: images.shell },
        asks: ['sh', '-c', 'wget -q -O - --header "Authorization: Bearer $TOKEN" "$MLFLOW_TRACKING_URI/x"'],
        settings: { parallelJobs: 4, targets: { docker: { host: engine.address } } },
      },
    );

    it('runs jobs, which log, and whose files are the person’s', async () => {
      const text = `${LOG}echo out; echo err >&2; echo x > made.txt; mkdir "$TRAINYARD_OUTPUT/deep"
        echo model > "$TRAINYARD_OUTPUT/deep/model.txt"; ${WAIT}; exit 3`;
      const id = await test.script(images.shell, text);
      await until('the file', () => fs.existsSync(path.join(outputOf(id), 'deep/model.txt')));
      for (const name of ['deep', 'deep/model.txt'])
        assert.equal(fs.statSync(path.join(outputOf(id), name)).uid, process.getuid?.());
      letGo(id);
      assert.deepEqual(await test.ending(id), { state: 'failed', exitCode: 3, reason: undefined });
      assert.equal(await test.log(id), 'out\nerr\n');
      assert.deepEqual(await test.outputs(id), ['deep', 'go', 'made.txt']);
      const { loss } = (await test.workspace.run(id)).metrics;
      assert.deepEqual([loss?.value, loss?.step, loss?.count], [0.25, 7, 1]);
      await test.assertTidy();
    });

    it('lets jobs without a network log, and reach nothing else', async () => {
      const text = `${LOG}ls /sys/class/net; cat /proc/net/route | wc -l`;
      const id = await test.script(images.shell, text, { network: 'off' });
      assert.equal((await test.ending(id)).state, 'finished', await test.log(id));
      assert.deepEqual((await test.log(id)).split('\n').filter(Boolean), ['lo', '1']);
      assert.equal((await test.workspace.run(id)).metrics['loss']?.value, 0.25);
    });

    it('gives jobs an address of the server that nobody else can use, whatever token they have', async () => {
      const say = `echo "$MLFLOW_TRACKING_URI $MLFLOW_TRACKING_TOKEN" > "$TRAINYARD_OUTPUT/way"`;
      const id = await test.script(images.shell, `${say}; echo ready; ${WAIT}; ${LOG}`);
      await test.logged(id, 'ready');
      const way = fs
        .readFileSync(path.join(outputOf(id), 'way'), 'utf8')
        .trim()
        .split(' ');
      const [url = '', token = ''] = way;
      const { hostname, port } = new URL(url);
      assert.equal(hostname, '127.0.0.1');
      // Of this machine, by any address that it has.
      const addresses = Object.values(os.networkInterfaces()).flatMap((all) => all ?? []);
      for (const { address } of addresses) {
        const answer = await new Promise<string>((resolve) => {
          const headers = { authorization: `Bearer ${token}` };
          http
            .get({ host: address, port, path: ROUTE, headers }, ({ statusCode }) =>
              resolve(String(statusCode)),
            )
            .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
        });
        assert.equal(answer, 'ECONNREFUSED', address);
      }
      // Of other containers: by their own loopback, the job's address, and those of the machine around them.
      const { NetworkSettings } = await test.docker.getContainer(`trainyard-${id}`).inspect();
      const [network, { IPAddress = '', Gateway = '' } = {}] =
        Object.entries(NetworkSettings.Networks ?? {})[0] ?? [];
      for (const host of ['127.0.0.1', IPAddress, Gateway, '10.0.2.2', '10.0.2.100'].filter(Boolean)) {
        const ask = `wget -q -T 3 -O - --header 'Authorization: Bearer ${token}' http://${host}:${port}${ROUTE}`;
        const other = await test.docker.createContainer({
          Image: images.shell,
          Cmd: ['sh', '-c', `${ask} || exit 44`],
          HostConfig: { NetworkMode: network && IPAddress ? network : undefined },
        });
        await other.start();
        assert.equal(((await other.wait()) as { StatusCode: number }).StatusCode, 44, host);
        await other.remove();
      }
      letGo(id);
      assert.equal((await test.ending(id)).state, 'finished', await test.log(id));
      assert.equal((await test.workspace.run(id)).metrics['loss']?.value, 0.25);
    });

    it('lets jobs log on when the server was killed and is back', async () => {
      const id = await test.script(images.shell, `echo ready; ${WAIT}; ${LOG}`);
      await test.logged(id, 'ready');
      await test.killServer();
      await until('the run to go on', async () => (await test.workspace.run(id)).state === 'running');
      // Where the job stands is asked every 300 ms.
      await until('the server to listen', () => isListening(test, id));
      letGo(id);
      assert.equal((await test.ending(id)).state, 'finished', await test.log(id));
      assert.equal((await test.workspace.run(id)).metrics['loss']?.value, 0.25);
    });

    it('runs an image without a shell', async () => {
      const command = ['/busybox', 'sh', '-c', 'echo "$MLFLOW_TRACKING_URI"; exit 5'];
      const id = await test.start(images.noshell, command);
      const { state, exitCode } = await test.ending(id);
      assert.deepEqual([state, exitCode], ['failed', 5]);
      assert.match(await test.log(id), /^http:\/\/127\.0\.0\.1:\d+\n$/);
      await test.assertTidy();
    });

    it('refuses limits that it may not keep, before anything is queued', async () => {
      // Control groups of version 1 are not for users.
      for (const [resources, what] of [
        [{ cpus: 0.5 }, 'the CPUs'],
        [{ memory: 100 * 2 ** 20 }, 'the memory'],
      ] as const)
        await assert.rejects(
          test.script(images.shell, 'true', { resources }),
          new RegExp(`${kind} .* runs without root and was not given the right to limit ${what}`),
        );
      await assert.rejects(test.script(images.shell, 'true', { resources: { gpus: 1 } }), /gives no GPUs/);
      const shm = await test.script(images.shell, 'df -k /dev/shm | tail -1', {
        resources: { shmSize: 32 * 2 ** 20 },
      });
      assert.equal((await test.ending(shm)).state, 'finished');
      assert.match(await test.log(shm), / 32768 /);
    });

    it('measures what jobs use, also without control groups', async () => {
      const burn = 'end=$(($(date +%s) + 6)); while [ $(date +%s) -lt $end ]; do :; done';
      const id = await test.script(images.shell, burn);
      const { metrics } = await test.ended(id, 100);
      const cpu = metrics['system/cpu_utilization_percentage'];
      assert.ok(cpu && cpu.value > 5, JSON.stringify(metrics));
      const memory = metrics['system/system_memory_usage_megabytes']?.value ?? 0;
      assert.ok(memory > 0.1 && memory < 100, String(memory));
      assert.ok(metrics['system/network_receive_megabytes']);
    });

    it('is ready in the list of targets', async () => {
      const row = (await test.workspace.jobs.compute()).find(({ name }) => name === 'docker');
      assert.ok(row?.ready, row?.problem);
      assert.match(row.label, new RegExp(`^${kind} \\d`));
    });
  });

/** Whether the loopback address of a job's container has a listener. */
function isListening(test: DockerHome, id: string): Promise<boolean> {
  return test.docker
    .getContainer(`trainyard-${id}`)
    .inspect()
    .then(({ State }) => {
      const { stdout } = spawnSync('cat', [`/proc/${State.Pid}/net/tcp`], { encoding: 'utf8' });
      // State 0A: it listens.
      return / 0100007F:[\dA-F]{4} 00000000:0000 0A /.test(stdout);
    });
}
