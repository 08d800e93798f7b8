import assert from 'node:assert/strict';
import fs from 'node:fs';
import { MEANT } from './differential/meant.js';
import { Player, type Answer, type Step } from './differential/player.js';
import { startMlflow, type Peer } from './peer.js';
import { hasPython, runPython } from './python.js';
import { startServer, type TestServer } from './server.js';

/** In this order: those that make experiments of other numbers at both servers come last. */
const AREAS = ['runs', 'search', 'metrics', 'artifacts', 'models', 'registry', 'experiments'];

/** Routes of MLflow's server that are pages or their files, or an address that it misspells itself. */
const NO_PROTOCOL = /^(GET \/(build\/part|static-files\/part)?|POST \/(ajax-)?api\/2\.0mlflow\/.*)$/;

/** Steps of an area; a text is a heading. */
function corpus(area: string): Step[] {
  const file = new URL(`differential/corpus/${area}.jsonl`, import.meta.url);
  const lines = fs.readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Step | string).filter((step) => typeof step !== 'string');
}

/**
 * A filter or order that cannot be read is refused with the same code; MLflow's words are of the tokens of its SQL parser
 * and of sets that Python writes in any order.
 */
function isSame([, fields]: Step, ours: Answer, theirs: Answer): boolean {
  const isOfGrammar = /"(filter|order_by)":/.test(JSON.stringify(fields ?? null));
  const comparable = ({ status, body }: Answer) =>
    isOfGrammar && status === 400
      ? { status, code: (body as { error_code?: string }).error_code }
      : { status, body };
  return JSON.stringify(comparable(ours)) === JSON.stringify(comparable(theirs));
}

describe('the same requests to MLflow’s own server', function () {
  this.timeout(300_000);
  let [ours, theirs]: [TestServer?, Peer?] = [];
  let players: [Player, Player];

  before(async function () {
    if (!hasPython('full')) this.skip();
    [ours, theirs] = await Promise.all([startServer(), startMlflow()]);
    const headers = { authorization: `Bearer ${ours.token}` };
    players = [new Player({ port: ours.port, headers }), new Player({ port: theirs.port })];
  });
  after(async () => {
    players?.forEach((player) => player.close());
    await Promise.all([ours?.close(), theirs?.close()]);
    assert.deepEqual(ours?.errors ?? [], [], 'no request may be a fault of the server');
  });

  for (const area of AREAS)
    it(`have the same answers: ${area}`, async () => {
      const wrong: string[] = [];
      for (const step of corpus(area)) {
        const [our, their] = (await Promise.all(players.map((player) => player.play(step)))) as [
          Answer,
          Answer,
        ];
        const { differs } = step[2] ?? {};
        if (isSame(step, our, their) === (differs === undefined)) continue;
        wrong.push(
          differs === undefined
            ? `${show(step)}\n    ours   ${show(our)}\n    MLflow ${show(their)}`
            : `${show(step)}\n    does not differ any more: ${MEANT[differs]}`,
        );
      }
      assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} answers are not as they should be`);
    });

  it('differ for reasons that are listed', () => {
    const named = new Set(AREAS.flatMap((area) => corpus(area).map((step) => step[2]?.differs ?? '')));
    named.delete('');
    assert.deepEqual([...named].sort(), Object.keys(MEANT).sort());
  });

  it('have an answer at every route', async function () {
    if (!ours) this.skip();
    const { stdout, stderr, code } = await runPython(ours, 'routes', { python: 'full' });
    assert.equal(code, 0, stderr);
    const routes = (JSON.parse(stdout) as [method: string, path: string][]).filter(
      ([method, path]) => !NO_PROTOCOL.test(`${method} ${path}`),
    );
    assert.ok(routes.length > 300);
    const missing: string[] = [];
    for (const [method, path] of routes) {
      const headers = { authorization: `Bearer ${ours.token}`, 'content-type': 'application/json' };
      const body = method === 'GET' ? undefined : '{}';
      const response = await fetch(ours.url + path, { method, headers, body });
      const text = await response.text();
      // Not found is the answer for a thing; for a route it is one of these two codes.
      if (/"(ENDPOINT_NOT_FOUND|NOT_FOUND)"/.test(text)) missing.push(`${method} ${path}`);
      if (response.status >= 500 && response.status !== 501) missing.push(`${method} ${path}: ${text}`);
    }
    assert.deepEqual(missing, []);
  });
});

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
