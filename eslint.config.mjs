import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import ts from 'typescript-eslint';

/**
 * The walls between the rooms of src/: what each may import besides itself and `base`.
 * A trailing `:types` allows `import type` only.
 */
const MAY_IMPORT = {
  base: [],
  job: [],
  snapshot: [],
  lineage: [],
  workspace: ['job:types', 'lineage'],
  panels: ['workspace:types', 'workspace/run-ref', 'job/code-path'],
  targets: ['job', 'snapshot', 'workspace:types', 'workspace/local/tracking'],
  server: [
    'job',
    'lineage',
    'snapshot',
    'targets',
    'workspace:types',
    'workspace/code-of-tags',
    'workspace/local/contract',
    'workspace/local/tracking',
  ],
  extension: ['workspace', 'job', 'panels', 'cli:types'],
  cli: ['workspace', 'job', 'lineage'],
};
const ROOMS = Object.keys(MAY_IMPORT);

/**
 * Heavy libraries load when they are first used: `await import('…')`, which makes a file of its own in the build. The files
 * and folders named here may import one as usual, because they are themselves loaded when first used, or need it at once.
 * test/integration/packaging/bundles.test.ts looks at what came of it.
 */
const LOADED_WHEN_USED = {
  fastify: ['src/server/app.ts'],
  pino: ['src/server/main.ts'],
  typebox: [
    'src/server/',
    'src/job/schema.ts',
    'src/job/shape.ts',
    'src/job/file/',
    'src/workspace/configuration/schema.ts',
  ],
  yaml: ['src/base/yaml.ts', 'src/job/file/'],
  commander: ['src/cli/'],
  marked: ['webview/run/markdown.ts'],
  'simple-git': [],
  // As a module of its own it brings all that fetch() needs; Fastify gets it by require().
  'node:http': ['src/workspace/mlflow/transport.ts'],
  dockerode: [],
  ssh2: [],
  '@azure/identity': ['src/server/datastores/azure-identity.ts'],
  '@azure/storage-blob': ['src/server/datastores/azure-blob.ts'],
  '@azure/storage-file-datalake': ['src/server/datastores/azure-data-lake.ts'],
  '@aws-sdk/client-s3': ['src/server/datastores/s3.ts'],
  '@kubernetes/client-node': [],
};

/** Patterns for the heavy libraries. @param place of `LOADED_WHEN_USED`; the libraries that it may import are left out */
function heavy(place = '') {
  return Object.entries(LOADED_WHEN_USED)
    .filter(
      ([, places]) => !places.some((name) => (name.endsWith('/') ? place.startsWith(name) : place === name)),
    )
    .map(([library]) => ({
      regex: `^${library}(/|$)`,
      allowTypeImports: true,
      message: `${library} is heavy: load it where it is first used, by await import('${library}').`,
    }));
}

const IN_WEBVIEW = [
  {
    regex: '^(\\.\\./)+src/(?!base/|panels/)',
    allowTypeImports: true,
    message: 'A webview may import values from src/base and src/panels, and types from elsewhere.',
  },
  { regex: '^@vscode/webview-ui-toolkit', message: 'Only webview/controls/ knows the toolkit.' },
  { regex: '^node:', message: 'A webview runs in a browser.' },
];

/** What the places of `LOADED_WHEN_USED` may not import. The last entry that fits a file counts: folders come first. */
function exceptions() {
  const places = [...new Set(Object.values(LOADED_WHEN_USED).flat())];
  places.sort((a, b) => a.length - b.length);
  return places.map((place) => {
    const [top, room] = place.split('/');
    const files = [place.endsWith('/') ? `${place}**/*.ts` : place];
    return restrict(
      files,
      top === 'src' ? walls(room, heavy(place)) : { patterns: [...IN_WEBVIEW, ...heavy(place)] },
    );
  });
}

const restrict = (files, options) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', options] },
});

/** What a room must not reach although it may import the rest of that room. */
const CLOSED = {
  // Targets come from the registry: the server knows none by its kind.
  server: [{ regex: '^(\\.\\./)+targets/(?!shared/)[^/]+/', message: 'The server knows no kind of target.' }],
};

/** One `no-restricted-imports` pattern for each room that `room` must not reach. */
function walls(room, more = []) {
  const allowed = new Map([
    [room, ''],
    ['base', ''],
  ]);
  for (const entry of MAY_IMPORT[room]) {
    const [name, kind = ''] = entry.split(':');
    allowed.set(name, kind);
  }
  const patterns = ROOMS.filter((other) => allowed.get(other) !== '').map((other) => {
    const open = [...allowed.keys()]
      .filter((name) => name.startsWith(`${other}/`))
      .map((name) => name.slice(other.length + 1));
    const except = open.length > 0 ? `(?!${open.join('|')})` : '';
    return {
      regex: `^(\\.\\./)+${other}/${except}`,
      allowTypeImports: allowed.get(other) === 'types',
      message: `src/${room} may not import src/${other}${allowed.get(other) === 'types' ? ' but as types' : ''}.`,
    };
  });
  const paths =
    room === 'extension' ? [] : [{ name: 'vscode', message: 'Only src/extension knows the editor.' }];
  return { patterns: [...patterns, ...(CLOSED[room] ?? []), ...more], paths };
}

export default ts.config(
  { ignores: ['dist/', 'out/', 'node_modules/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  prettier,
  {
    languageOptions: { globals: globals.node },
    rules: {
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts', 'test/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  {
    files: ['src/panels/**/*.ts', 'src/extension/panels/**/*.ts', 'webview/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          // An object literal behind a condition has no type to bring.
          selector: `ObjectExpression > Property[key.name='type'] ~ SpreadElement:not([argument.type='LogicalExpression'])`,
          message: 'What is spread may bring a `type` of its own: name that of the message after it.',
        },
      ],
    },
  },
  ...ROOMS.map((room) => restrict([`src/${room}/**/*.ts`], walls(room, heavy()))),
  { files: ['webview/**/*.ts'], languageOptions: { globals: globals.browser } },
  restrict(['webview/**/*.ts'], { patterns: [...IN_WEBVIEW, ...heavy()] }),
  ...exceptions(),
  restrict(
    ['src/server/api/**/*.ts'],
    walls('server', [
      ...heavy('src/server/'),
      {
        regex: '^(\\.\\./)+mlflow/',
        message: 'What both protocols need belongs to neither: src/server/models, src/server/store.',
      },
    ]),
  ),
  { files: ['webview/controls/**/*.ts'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
  { files: ['src/cli/**', 'test/**', '.ci/**', 'examples/**', '*.mjs'], rules: { 'no-console': 'off' } },
  // Mocha loads a reporter by require().
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
);
