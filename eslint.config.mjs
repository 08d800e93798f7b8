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
  workspace: ['job:types'],
  panels: ['workspace:types', 'job/code-path'],
  targets: ['job:types'],
  server: [
    'job',
    'snapshot',
    'targets',
    'workspace:types',
    'workspace/local/contract',
    'workspace/local/tracking',
  ],
  extension: ['workspace', 'job', 'panels'],
  cli: ['workspace', 'job'],
};
const ROOMS = Object.keys(MAY_IMPORT);

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
  return { patterns: [...patterns, ...more], paths };
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
  ...ROOMS.map((room) => ({
    files: [`src/${room}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', walls(room)] },
  })),
  {
    files: ['src/server/api/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        walls('server', [
          {
            regex: '^(\\.\\./)+mlflow/',
            message: 'What both protocols need belongs to neither: src/server/models, src/server/store.',
          },
        ]),
      ],
    },
  },
  {
    files: ['webview/**/*.ts'],
    languageOptions: { globals: globals.browser },
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(\\.\\./)+src/(?!base/|panels/)',
              allowTypeImports: true,
              message: 'A webview may import values from src/base and src/panels, and types from elsewhere.',
            },
            { regex: '^@vscode/webview-ui-toolkit', message: 'Only webview/controls/ knows the toolkit.' },
            { regex: '^node:', message: 'A webview runs in a browser.' },
          ],
        },
      ],
    },
  },
  { files: ['webview/controls/**/*.ts'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
  { files: ['src/cli/**', 'test/**', '.ci/**', 'examples/**', '*.mjs'], rules: { 'no-console': 'off' } },
  // Mocha loads a reporter by require().
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
);
