import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';

const ROOT = path.resolve(import.meta.dirname, '../../..');

interface Metafile {
  outputs: Record<
    string,
    { entryPoint?: string; inputs: Record<string, unknown>; imports: { path: string; kind: string }[] }
  >;
}

/** The npm packages in a bundle: those that are loaded with it, and those in files that are loaded when used. */
function packagesOf(bundle: string): { atOnce: Set<string>; later: Set<string> } {
  const file = path.join(ROOT, 'out/meta', `${bundle}.json`);
  const { outputs } = JSON.parse(fs.readFileSync(file, 'utf8')) as Metafile;
  const loaded = new Set<string>();
  const load = (output: string) => {
    if (loaded.has(output) || !outputs[output]) return;
    loaded.add(output);
    for (const { path: next, kind } of outputs[output].imports) if (kind === 'import-statement') load(next);
  };
  load(`dist/${bundle}.js`);
  const packages = (names: Iterable<string>) =>
    new Set(
      [...names]
        .flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}))
        .flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []),
    );
  const atOnce = packages(loaded);
  return { atOnce, later: new Set([...packages(Object.keys(outputs))].filter((name) => !atOnce.has(name))) };
}

/** Of `LOADED_WHEN_USED` in eslint.config.mjs. */
const CLOUDS = [
  '@aws-sdk/client-s3',
  '@azure/storage-blob',
  '@azure/storage-file-datalake',
  '@azure/identity',
];
const HEAVY = [
  'fastify',
  'ajv',
  'simple-git',
  'typebox',
  'yaml',
  'commander',
  'dockerode',
  'ssh2',
  ...CLOUDS,
];
/** What brings Node's HTTP with it, and is loaded with a datastore. */
const OF_CLOUDS = /node_modules\/(@aws-sdk|@smithy|@azure|@typespec|agent-base|https?-proxy-agent)\//;

describe('the bundles', function () {
  this.timeout(300_000);
  before(() => {
    // Another build may have been of some bundles only.
    execFileSync(process.execPath, ['esbuild.mjs', 'extension', 'server', 'cli', 'supervisor'], {
      cwd: ROOT,
    });
  });

  it('load no heavy library before it is used', () => {
    for (const bundle of ['extension', 'server', 'cli', 'supervisor']) {
      const { atOnce } = packagesOf(bundle);
      assert.deepEqual(
        HEAVY.filter((name) => atOnce.has(name)),
        [],
        bundle,
      );
    }
  });

  it('hold them in files of their own', () => {
    const { later } = packagesOf('server');
    for (const name of ['fastify', 'ajv', 'typebox', 'simple-git', '@aws-sdk/client-s3'])
      assert.ok(later.has(name), name);
    assert.ok(packagesOf('cli').later.has('commander'));
  });

  it('import Node’s HTTP only where it is used: it brings all that fetch() needs', () => {
    const file = path.join(ROOT, 'out/meta/server.json');
    const { outputs } = JSON.parse(fs.readFileSync(file, 'utf8')) as Metafile;
    const others = Object.values(outputs).filter(
      ({ inputs }) => !Object.keys(inputs).some((name) => OF_CLOUDS.test(name)),
    );
    const imports = others.flatMap((output) => output.imports);
    const kinds = imports.filter((one) => /^(node:)?https?$/.test(one.path)).map(({ kind }) => kind);
    assert.deepEqual([...new Set(kinds)].sort(), ['dynamic-import', 'require-call']);
  });

  it('leave nothing of an earlier build behind', () => {
    const stale = path.join(ROOT, 'dist/server.app-AAAAAAAA.js');
    fs.writeFileSync(stale, '');
    execFileSync(process.execPath, ['esbuild.mjs', 'server'], { cwd: ROOT });
    assert.ok(!fs.existsSync(stale));
  });
});

describe('the lint rule for heavy libraries', function () {
  this.timeout(300_000);

  /** @returns what the rule says of `code` in the place of `file` */
  async function lint(file: string, code: string): Promise<string[]> {
    const eslint = new ESLint({ cwd: ROOT });
    const [result] = await eslint.lintText(code, { filePath: path.join(ROOT, file) });
    return (result?.messages ?? [])
      .filter(({ ruleId }) => ruleId === '@typescript-eslint/no-restricted-imports')
      .map(({ message }) => message);
  }

  it('refuses an import that loads one at once', async () => {
    for (const [file, library] of [
      ['src/targets/registry.ts', 'dockerode'],
      ['src/server/context.ts', 'fastify'],
      ['src/snapshot/git.ts', 'simple-git'],
      ['src/extension/activate.ts', '@azure/identity'],
      ['src/workspace/workspace.ts', '@kubernetes/client-node'],
      ['src/workspace/workspace.ts', 'typebox/compile'],
      ['src/server/app.ts', 'ssh2'],
      ['src/server/tracking.ts', 'node:http'],
      ['src/server/datastores/open.ts', '@aws-sdk/client-s3'],
      ['src/server/datastores/s3.ts', '@azure/storage-blob'],
    ] as const) {
      const [message] = await lint(file, `import { x } from '${library}';\nexport const y = x;\n`);
      assert.match(message ?? '', /is heavy: load it where it is first used/, `${library} in ${file}`);
    }
  });

  it('allows types, an import when it is used, and the files that are loaded when used', async () => {
    assert.deepEqual(
      await lint('src/targets/registry.ts', "import type { x } from 'dockerode';\nexport type Y = x;\n"),
      [],
    );
    assert.deepEqual(
      await lint('src/targets/registry.ts', "export const load = () => import('dockerode');\n"),
      [],
    );
    assert.deepEqual(
      await lint('src/server/app.ts', "import { fastify } from 'fastify';\nvoid fastify;\n"),
      [],
    );
  });

  it('keeps the walls in the files that it excepts', async () => {
    const [message] = await lint('src/server/app.ts', "import { x } from '../cli/output.js';\nvoid x;\n");
    assert.match(message ?? '', /src\/server may not import src\/cli/);
  });
});
