import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { buildScriptJob } from '../../../src/job/build.js';
import { API } from '../../../src/workspace/local/contract.js';
import { findServer } from '../../../src/workspace/local/launch.js';
import type { Run } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';
import { startMlflow } from '../mlflow/peer.js';
import { complaints, hasPython, interpreter, type PythonEnvironment } from '../mlflow/python.js';

/** Scripts as people write them, with the real client: each runs as it does by hand. */
describe('a script that logs with MLflow', function () {
  // Some of them load PyTorch in several processes.
  this.timeout(600_000);
  let test: TestHome;
  before(() => {
    test = new TestHome();
    test.write('.gitignore', '__pycache__/\n');
  });
  after(() => test.close());

  interface Submitted {
    python?: PythonEnvironment;
    experiment?: string;
    displayName?: string;
    env?: Record<string, string>;
  }

  async function submit(code: string, { python = 'usual', env, ...more }: Submitted = {}): Promise<Run> {
    const name = `script${Math.random().toString(36).slice(2)}.py`;
    test.write(name, code);
    const spec = buildScriptJob({
      script: path.join(test.project, name),
      codeFolder: test.project,
      workingFolder: test.project,
      interpreter: interpreter(python),
      experiment: 'project',
      environmentVariables: { PYTHONDONTWRITEBYTECODE: '1', ...env },
      ...more,
    });
    return test.workspace.jobs.submit(spec, {});
  }

  /** Runs it to its end, which must be a good one. @returns the run of the job, and the others that it began */
  async function run(code: string, more: Submitted = {}): Promise<{ own: Run; others: Run[] }> {
    const { id } = await submit(code, more);
    const own = await test.ended(id, 500);
    assert.equal(own.state, 'finished', await test.log(id));
    const { runs } = await test.workspace.runs({ limit: 1000 });
    const others = runs.filter((other) => other.id !== id && other.job?.runId === id);
    return { own, others: others.sort((a, b) => a.number - b.number) };
  }

  async function experimentOf({ experimentId }: Run): Promise<string | undefined> {
    return (await test.workspace.experiments()).find(({ id }) => id === experimentId)?.name;
  }

  const BEGIN = 'import mlflow, os, sys, subprocess\nfrom mlflow import MlflowClient\n';

  it('begins the run that was made for it', async () => {
    const { own, others } = await run(
      `${BEGIN}with mlflow.start_run() as run:
    mlflow.log_param("lr", 0.1)
    assert run.info.run_id == os.environ["TRAINYARD_RUN_ID"]
found = mlflow.search_runs(output_format="list")
assert [r.info.run_id for r in found] == [run.info.run_id], found
assert mlflow.get_experiment(run.info.experiment_id).name == "project"
`,
      { experiment: 'begins'.replace('begins', 'project') },
    );
    assert.equal(own.params['lr'], '0.1');
    assert.equal(await experimentOf(own), 'project');
    assert.deepEqual(others, []);
  });

  it('may choose its experiment, where its run then is', async () => {
    const { own, others } = await run(
      `${BEGIN}mlflow.set_experiment("churn")
with mlflow.start_run(run_name="first try", tags={"team": "a"}):
    mlflow.log_metric("loss", 0.5)
    mlflow.log_text("x", "notes/x.txt")
assert len(mlflow.search_runs()) == 1
assert open(mlflow.artifacts.download_artifacts(run_id=mlflow.last_active_run().info.run_id, artifact_path="notes/x.txt")).read() == "x"
`,
    );
    assert.equal(await experimentOf(own), 'churn');
    assert.equal(own.name, 'first try');
    assert.equal(own.tags['team'], 'a');
    assert.equal(own.metrics['loss']?.value, 0.5);
    assert.ok(own.code?.snapshot);
    assert.match(own.tags['mlflow.source.name'] ?? '', /^script\w+\.py$/);
    assert.deepEqual(others, []);
  });

  it('keeps the name that a person gave it', async () => {
    const { own } = await run(`${BEGIN}mlflow.start_run(run_name="by the script")\n`, {
      displayName: 'by me',
    });
    assert.equal(own.name, 'by me');
  });

  it('may begin runs one after the other, nested ones, and some with the client', async () => {
    const { own, others } = await run(`${BEGIN}
for lr in (0.1, 0.2):
    with mlflow.start_run():
        mlflow.log_param("lr", lr)
        with mlflow.start_run(nested=True):
            mlflow.log_param("lr", lr * 10)
client = MlflowClient()
made = client.create_run("0", run_name="by the client")
client.log_param(made.info.run_id, "lr", 3)
client.set_terminated(made.info.run_id, "FAILED")
`);
    assert.deepEqual(
      [own, ...others].map(({ params }) => params['lr']),
      ['0.1', '1.0', '0.2', '2.0', '3'],
    );
    const [child, second, secondChild, last] = others;
    assert.equal(child?.parentRunId, own.id);
    assert.equal(second?.parentRunId, undefined);
    assert.equal(secondChild?.parentRunId, second?.id);
    assert.deepEqual([last?.name, last?.state], ['by the client', 'failed']);
    for (const other of others) {
      assert.equal(await experimentOf(other), 'project');
      assert.equal(other.code?.snapshot, own.code?.snapshot);
      assert.equal(other.job?.exitCode, 0);
      assert.equal(await test.log(other.id), await test.log(own.id));
    }
  });

  it('may start others that log what they like', async () => {
    test.write(
      'train.py',
      'import mlflow, sys\nwith mlflow.start_run(): mlflow.log_param("lr", sys.argv[1])\n',
    );
    const { own, others } = await run(`${BEGIN}
for lr in ("0.1", "0.01"):
    subprocess.run([sys.executable, "train.py", lr], check=True)
`);
    assert.deepEqual(
      [own, ...others].map(({ params }) => params['lr']),
      ['0.1', '0.01'],
    );
    const both = await run(`${BEGIN}
children = [subprocess.Popen([sys.executable, "train.py", lr]) for lr in ("0.1", "0.01")]
sys.exit(sum(child.wait() for child in children))
`);
    const logged = [both.own, ...both.others].map(({ params }) => params['lr']);
    assert.deepEqual(logged.sort(), ['0.01', '0.1']);
  });

  it('shares one run among its ranks, which may log what is theirs', async function () {
    if (process.platform !== 'linux') this.skip();
    test.write(
      'ranks.py',
      `import mlflow, os, sys, time
rank = int(os.environ["RANK"])
time.sleep(0.5 * (1 - rank) if "late" in sys.argv else 0.5 * rank)
for n in range(2):
    with mlflow.start_run():
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"local_rank": rank, "seed": 7})
        mlflow.log_metric("loss", 1 - n, step=rank)
`,
    );
    for (const order of ['early', 'late']) {
      const { own, others } = await run(`${BEGIN}
ranks = [
    subprocess.Popen([sys.executable, "ranks.py", "${order}"], env={**os.environ, "RANK": str(rank), "WORLD_SIZE": "2"})
    for rank in (0, 1)
]
sys.exit(sum(rank.wait() for rank in ranks))
`);
      assert.equal(others.length, 1);
      for (const { params, metrics } of [own, ...others]) {
        assert.deepEqual({ ...params }, { lr: '0.1', local_rank: '0', 'rank/1/local_rank': '1', seed: '7' });
        assert.equal(metrics['loss']?.count, 2);
      }
    }
  });

  it('shares one run among the ranks of torchrun', async function () {
    if (!hasPython('full') || process.platform !== 'linux') this.skip();
    test.write('rank.py', 'import mlflow, os\nmlflow.log_param("local_rank", os.environ["LOCAL_RANK"])\n');
    const { own, others } = await run(
      `${BEGIN}
launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "rank.py"]
sys.exit(subprocess.run(launch).returncode)
`,
      { python: 'full' },
    );
    assert.deepEqual({ ...own.params }, { local_rank: '0', 'rank/1/local_rank': '1' });
    assert.deepEqual(others, []);
  });

  it('may train with Lightning and its logger', async function () {
    if (!hasPython('full')) this.skip();
    const { own, others } = await run(
      `
import torch, lightning as L
from lightning.pytorch.loggers import MLFlowLogger
class Model(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)
    def training_step(self, batch, _):
        loss = self.layer(batch[0]).square().mean()
        self.log("loss", loss)
        return loss
    def configure_optimizers(self): return torch.optim.SGD(self.parameters(), 0.1)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(16, 2)), batch_size=4)
logger = MLFlowLogger(experiment_name="lightning")
L.Trainer(max_epochs=2, logger=logger, log_every_n_steps=1, accelerator="cpu", enable_progress_bar=False).fit(Model(), data)
`,
      { python: 'full' },
    );
    assert.equal(await experimentOf(own), 'lightning');
    assert.equal(own.metrics['loss']?.count, 8);
    assert.deepEqual(others, []);
  });

  it('may log automatically', async () => {
    const { own, others } = await run(`${BEGIN}
from sklearn.linear_model import LogisticRegression
mlflow.autolog(log_models=False)
for C in (1.0, 2.0):
    LogisticRegression(C=C).fit([[0], [1], [2], [3]], [0, 0, 1, 1])
`);
    assert.deepEqual(
      [own, ...others].map(({ params }) => params['C']),
      ['1.0', '2.0'],
    );
  });

  it('may log models, register them, load them and ask for the best run', async () => {
    const { own, others } = await run(`${BEGIN}
from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit([[0], [1], [2], [3]], [0, 0, 1, 1])
client = MlflowClient()
mlflow.set_experiment("models")
with mlflow.start_run() as run:
    mlflow.set_tags({"a": "b", "kept": "c"})
    client.delete_tag(run.info.run_id, "a")
    info = mlflow.sklearn.log_model(model, name="net", registered_model_name="digits")
    mlflow.log_metric("accuracy", 0.5, model_id=info.model_id)
    with mlflow.start_run(nested=True):
        mlflow.log_metric("accuracy", 0.75)
again = mlflow.register_model(info.model_uri, "digits")
assert again.version == "2"
client.set_model_version_tag("digits", "2", "a", "b")
client.delete_model_version_tag("digits", "2", "a")
client.update_model_version("digits", "2", description="of the script")
client.set_logged_model_tags(info.model_id, {"shape": "flat"})
[best] = mlflow.search_runs(order_by=["metrics.accuracy DESC"], max_results=1, output_format="list")
assert best.data.metrics["accuracy"] == 0.75
assert list(mlflow.sklearn.load_model("models:/digits/1").predict([[3]])) == [1]
mlflow.pyfunc.load_model(info.model_uri)
outside = mlflow.initialize_logged_model(name="outside")
mlflow.finalize_logged_model(outside.model_id, "READY")
@mlflow.trace
def traced(): return 1
traced()
mlflow.flush_trace_async_logging()
`);
    assert.equal(await experimentOf(own), 'models');
    assert.equal(others.length, 1);
    assert.deepEqual([own.tags['kept'], own.tags['a']], ['c', undefined]);
    const { models } = await test.workspace.run(own.id);
    assert.deepEqual(
      models?.map(({ name, role }) => [name, role]),
      [['net', 'output']],
    );
    assert.deepEqual(complaints(await test.log(own.id)), []);
  });

  it('is told in words what it may not do', async () => {
    const { own: before } = await run(`${BEGIN}mlflow.log_param("lr", 1)\n`);
    const { own } = await run(
      `${BEGIN}
other = os.environ["OTHER"]
client = MlflowClient()
mlflow.log_param("mine", 1)
def refused(call, *args):
    try:
        call(*args)
    except Exception as error:
        assert "PERMISSION_DENIED" in str(error), error
        assert "token of a job" in str(error) and "A job may log to" in str(error), error
    else:
        raise AssertionError(f"{call} was not refused")
refused(client.log_param, other, "lr2", 1)
refused(client.log_metric, other, "loss", 1)
refused(client.set_tag, other, "a", "b")
refused(client.log_text, other, "x", "x.txt")
refused(client.set_terminated, other)
refused(client.delete_run, other)
refused(client.delete_run, mlflow.active_run().info.run_id)
refused(client.delete_experiment, mlflow.active_run().info.experiment_id)
refused(client.rename_experiment, mlflow.active_run().info.experiment_id, "mine")
assert client.get_run(other).data.params == {"lr": "1"}
`,
      { env: { OTHER: before.id } },
    );
    assert.deepEqual({ ...own.params }, { mine: '1' });
    const after = await test.workspace.run(before.id);
    assert.deepEqual(
      [{ ...after.params }, after.lifecycle, after.state],
      [{ lr: '1' }, 'active', 'finished'],
    );
  });

  it("may train with Transformers' Trainer, which chooses an experiment by its environment", async function () {
    if (!hasPython('full')) this.skip();
    const script = new URL('../mlflow/scripts/transformers_callback.py', import.meta.url);
    const { own, others } = await run(fs.readFileSync(script, 'utf8'), { python: 'full' });
    assert.equal(await experimentOf(own), 'transformers');
    assert.equal(own.name, 'tiny');
    assert.equal(own.params['num_train_epochs'], '2');
    assert.deepEqual(others, []);
  });

  it('may execute notebooks, each in a kernel of its own', async function () {
    if (!hasPython('full')) this.skip();
    const { own, others } = await run(
      `
import nbformat
from nbclient import NotebookClient
for lr in (0.1, 0.2):
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell("import mlflow"),
        nbformat.v4.new_code_cell(f"with mlflow.start_run(): mlflow.log_param('lr', {lr})"),
    ]
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
`,
      { python: 'full' },
    );
    assert.deepEqual(
      [own, ...others].map(({ params }) => params['lr']),
      ['0.1', '0.2'],
    );
  });

  it('may log to a store of its own, which is kept and named', async function () {
    if (!hasPython('full')) this.skip();
    const { own } = await run(
      `${BEGIN}mlflow.set_tracking_uri("sqlite:///mlflow.db")
with mlflow.start_run(): mlflow.log_param("lr", 0.1)
`,
      { python: 'full' },
    );
    assert.deepEqual(own.job?.elsewhere, ['mlflow.db']);
    const files = (await test.workspace.files(own.id, 'outputs')).map((file) => file.path);
    assert.ok(files.includes('outputs/mlflow.db'), String(files));
  });

  it('may log to another server, which is named', async function () {
    if (!hasPython('full')) this.skip();
    const server = await startMlflow();
    try {
      const url = `http://127.0.0.1:${server.port}`;
      const { own } = await run(`${BEGIN}mlflow.set_tracking_uri("${url}")
with mlflow.start_run(): mlflow.log_param("lr", 0.1)
`);
      const [address = ''] = own.job?.elsewhere ?? [];
      assert.ok(address.startsWith(`${url}/#/experiments/0/runs/`), address);
      assert.deepEqual({ ...own.params }, {});
    } finally {
      await server.close();
    }
  });

  it('leaves no run open when it is ended', async () => {
    const { id } = await submit(`${BEGIN}
import time
mlflow.start_run(); mlflow.end_run()
mlflow.start_run()
print("begun", flush=True)
time.sleep(60)
`);
    await until('its second run', async () => (await test.log(id)).includes('begun'));
    const open = (await test.workspace.runs({})).runs.find(
      (other) => other.job?.runId === id && other.id !== id,
    );
    assert.equal(open?.state, 'running');
    await test.workspace.jobs.cancel(open.id);
    assert.equal((await test.ended(id)).state, 'cancelled');
    const after = await test.workspace.run(open.id);
    assert.equal(after.state, 'cancelled');
    assert.ok(after.endTime);
  });

  it('has a token that logs, and neither submits nor outlives the job', async () => {
    const { id } = await submit(
      `import os, time\nprint(os.environ["MLFLOW_TRACKING_TOKEN"], flush=True)\ntime.sleep(60)\n`,
    );
    const token = await until('its token', async () => (await test.log(id)).trim() || undefined);
    const server = await findServer(test.home);
    assert.ok(server && token !== server.token);
    const status = async (at: string) =>
      (await fetch(`http://127.0.0.1:${server.port}${at}`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    assert.equal(await status(`/api/2.0/mlflow/runs/get?run_id=${id}`), 200);
    assert.equal(await status(`${API}/settings`), 403);
    assert.equal(await status(`${API}/runs/${id}`), 403);
    await test.workspace.jobs.cancel(id);
    await test.ended(id);
    assert.equal(await status(`/api/2.0/mlflow/runs/get?run_id=${id}`), 401);
  });
});
