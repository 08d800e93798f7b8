// node esbuild.mjs [--watch] [--dev] [name …]      builds the bundles named (default: all) into dist/
import fs from 'node:fs';
import { build, context } from 'esbuild';
import { cutDockerode } from './.ci/tools/cut-dockerode.mjs';

const { version, engines } = JSON.parse(fs.readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const nodeFloor = engines.node.replace('>=', '');
const args = process.argv.slice(2);
const watch = args.includes('--watch');
const dev = watch || args.includes('--dev');
const names = args.filter((a) => !a.startsWith('--'));

const common = {
  bundle: true,
  sourcemap: dev ? 'linked' : false,
  minify: !dev,
  keepNames: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  define: { __VERSION__: JSON.stringify(version), __NODE_FLOOR__: JSON.stringify(nodeFloor) },
};
const node = {
  ...common,
  platform: 'node',
  target: `node${nodeFloor}`,
  format: 'esm',
  mainFields: ['module', 'main'],
  plugins: [cutDockerode],
  // Some dependencies are CommonJS and ask for Node's own modules by require().
  banner: {
    js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
  },
};
/** What is imported when it is first used gets a file of its own beside the bundle: `<bundle>.<module>-<hash>.js`. */
const split = (name) => ({ splitting: true, chunkNames: `${name}.[name]-[hash]` });
/**
 * Three modules of the toolkit are cut. Two add style elements, which the content security policy of our pages forbids: one
 * copies the theme's colours (webview/controls/toolkit.css maps the variables instead), one asks whether :focus-visible is
 * known. The third has 2 kB of key codes that nothing uses but no bundler may drop.
 */
const TOOLKIT_PARTS = [
  [
    /webview-ui-toolkit.dist.utilities.theme.applyTheme\.js$/,
    () => 'export function initThemeChangeListener() {}',
  ],
  [
    /fast-foundation.dist.esm.utilities.style.focus\.js$/,
    () => "export const focusVisible = 'focus-visible';",
  ],
  [
    /fast-web-utilities.dist.key-codes\.js$/,
    (text) => text.replace(/\(function \(KeyCodes\).*?\n\}\)\(.*?\);/s, ''),
  ],
];
const cutToolkit = {
  name: 'cut-toolkit',
  setup({ onLoad }) {
    for (const [filter, cut] of TOOLKIT_PARTS)
      onLoad({ filter }, ({ path }) => ({ contents: cut(fs.readFileSync(path, 'utf8')) }));
  },
};
const browser = {
  ...common,
  platform: 'browser',
  target: 'chrome134',
  format: 'esm',
  loader: { '.svg': 'dataurl' },
  plugins: [cutToolkit],
};

const BUNDLES = {
  extension: {
    ...node,
    ...split('extension'),
    banner: {},
    // That for Node asks for Node's own modules by require(), which an extension's modules do not have.
    alias: { yaml: './node_modules/yaml/browser/index.js' },
    entryPoints: { extension: 'src/extension/activate.ts' },
    external: ['vscode'],
    outdir: 'dist',
  },
  server: { ...node, ...split('server'), entryPoints: { server: 'src/server/main.ts' }, outdir: 'dist' },
  supervisor: { ...node, entryPoints: { supervisor: 'src/targets/process/supervisor.ts' }, outdir: 'dist' },
  watcher: {
    ...node,
    ...split('watcher'),
    entryPoints: { watcher: 'src/targets/docker/watcher.ts' },
    outdir: 'dist',
  },
  // Any Node can load it: it is what says that one is too old.
  launch: {
    ...node,
    banner: {},
    target: 'node18',
    entryPoints: { launch: 'src/cli/path/launch.ts' },
    outdir: 'dist',
  },
  cli: { ...node, ...split('cli'), entryPoints: { cli: 'src/cli/main.ts' }, outdir: 'dist' },
  charts: { ...browser, entryPoints: { charts: 'webview/charts/main.ts' }, outdir: 'dist/webview' },
  compare: { ...browser, entryPoints: { compare: 'webview/compare/main.ts' }, outdir: 'dist/webview' },
  run: { ...browser, entryPoints: { run: 'webview/run/main.ts' }, outdir: 'dist/webview' },
  table: { ...browser, entryPoints: { table: 'webview/table/main.ts' }, outdir: 'dist/webview' },
};

for (const [name, options] of Object.entries(BUNDLES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  removeParts(name);
  if (watch) {
    const ctx = await context(options);
    await ctx.watch();
  } else {
    const { metafile } = await build(options);
    fs.mkdirSync('out/meta', { recursive: true });
    fs.writeFileSync(`out/meta/${name}.json`, JSON.stringify(metafile));
    for (const [file, { bytes }] of Object.entries(metafile.outputs))
      if (!file.endsWith('.map')) console.log(`${file}  ${(bytes / 1024).toFixed(1)} kB`);
  }
}

/** Those of an earlier build have other names. */
function removeParts(name) {
  for (const file of fs.existsSync('dist') ? fs.readdirSync('dist') : [])
    if (file.startsWith(`${name}.`) && /-[A-Z0-9]{8}\.js(\.map)?$/.test(file)) fs.rmSync(`dist/${file}`);
}
