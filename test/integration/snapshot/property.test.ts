import fs from 'node:fs';
import fc from 'fast-check';
import { Scratch } from './scratch.js';

/** A path segment of bytes: anything a Linux file system takes, but what git cannot hold (`.git`) or reads (`.gitignore`). */
const segment = fc
  .oneof(
    fc
      .string({
        unit: fc.constantFrom(
          'a',
          'B',
          ' ',
          '-',
          '"',
          "'",
          '\\',
          '\n',
          '\t',
          '*',
          '~',
          ':',
          '.',
          'é',
          '#',
          '!',
        ),
        minLength: 1,
        maxLength: 6,
      })
      .map((text) => Buffer.from(text)),
    fc
      .uint8Array({ min: 1, minLength: 1, maxLength: 6 })
      .map((bytes) => Buffer.from(bytes.map((b) => (b === 0x2f ? 0x2e : b)))),
  )
  .filter((bytes) => !/^(\.{1,2}|\.git.*|\.amlignore)$/i.test(bytes.toString('latin1')));

const content = fc.oneof(
  fc
    .string({ unit: fc.constantFrom('x', '\r\n', '\n', '\r', '$Id$', '\0'), maxLength: 20 })
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);

const file = fc.record({
  path: fc.array(segment, { minLength: 1, maxLength: 3 }),
  kind: fc.constantFrom('file', 'exec', 'link'),
  content,
});

type File = typeof file extends fc.Arbitrary<infer F> ? F : never;

/** Writes what fits; a file where another needs a folder is left away. */
function plant(root: string, { path, kind, content }: File): void {
  const slash = Buffer.from('/');
  let folder = Buffer.from(root);
  for (const part of path.slice(0, -1)) {
    folder = Buffer.concat([folder, slash, part]);
    const found = fs.lstatSync(folder, { throwIfNoEntry: false });
    if (found === undefined) fs.mkdirSync(folder);
    else if (!found.isDirectory()) return;
  }
  const full = Buffer.concat([folder, slash, path.at(-1)!]);
  fs.rmSync(full, { recursive: true, force: true });
  const target = Buffer.from(content.filter((byte) => byte !== 0));
  if (kind === 'link' && target.length > 0) fs.symlinkSync(target, full);
  else fs.writeFileSync(full, content, { mode: kind === 'exec' ? 0o755 : 0o644 });
}

describe('take, for any files', () => {
  const tree = fc.array(file, { maxLength: 12 });
  const attributes = fc.constantFrom(
    '',
    '* text=auto eol=crlf\n',
    '* text\n* ident\n',
    '* filter=no-such -text\n',
  );

  it('restores two states of a folder byte for byte', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(tree, tree, attributes, fc.boolean(), async (first, second, converting, withGit) => {
        const scratch = new Scratch();
        try {
          if (withGit) {
            scratch.git('init', '-q');
            fs.writeFileSync(scratch.at('.git/info/attributes'), converting);
            for (const file of first) plant(scratch.root, file);
            scratch.git('add', '-A');
            scratch.git('commit', '-q', '--allow-empty', '-m', 'first');
          } else for (const file of first) plant(scratch.root, file);
          await scratch.assertExact();
          for (const file of second) plant(scratch.root, file);
          await scratch.assertExact();
        } finally {
          scratch.dispose();
        }
      }),
      { numRuns: Number(process.env.SNAPSHOT_RUNS ?? 25) },
    );
  });
});
