import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { until } from '../../support/until.js';
import { Scratch } from './scratch.js';

const python = process.env['TRAINYARD_TEST_PYTHON'];

/** Whether this machine allows the way. */
function allows(view: string): boolean {
  if (view === 'none') return true;
  const user = view === 'user' ? ['--map-root-user'] : [];
  try {
    execFileSync('unshare', [...user, '--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

for (const view of ['root', 'user', 'none'])
  describe(`the place of a job (${view === 'none' ? 'a folder of its own' : `that of the person, as ${view}`})`, () => {
    let scratch: Scratch;

    before(async function () {
      if (!allows(view)) return this.skip();
      scratch = await Scratch.make(view);
    });
    after(() => scratch?.close());

    const own = view !== 'none';
    /** A test of what only the person's own place has. */
    const inPlace = (title: string, test: Mocha.AsyncFunc) => own && it(title, test);
    const said = async (script: string, more = {}): Promise<string> => {
      const id = await scratch.submit(script, more);
      const { state, reason } = await scratch.ended(id);
      assert.equal(state, 'finished', `${reason}\n${scratch.log(id)}`);
      return scratch.log(id);
    };
    const slots = () => {
      const root = path.join(scratch.home, 'checkouts');
      return fs
        .readdirSync(root)
        .filter((name) => name !== 'trash')
        .flatMap((key) => fs.readdirSync(path.join(root, key)).map((n) => path.join(root, key, n)));
    };
    const settled = (slot: string) =>
      until('the checkout to be tidied', () => fs.existsSync(path.join(slot, 'ready')));

    inPlace('is where the script is by hand', async function () {
      scratch.write('deep/down/where.sh', 'pwd; echo $PWD; echo $0\n');
      const more = { workingFolder: 'deep', command: ['/bin/sh', `${scratch.project}/deep/down/where.sh`] };
      const deep = path.join(scratch.project, 'deep');
      assert.equal(await said('', more), `${deep}\n${deep}\n${deep}/down/where.sh\n`);
    });

    it('has beside it and above it what the person has there', async () => {
      fs.mkdirSync(path.join(scratch.root, 'data'), { recursive: true });
      fs.writeFileSync(path.join(scratch.root, 'data/train.csv'), 'rows');
      scratch.write('scripts/here.sh', 'cat ../data/train.csv "$(dirname "$0")/../../data/train.csv"\n');
      assert.equal(await said('sh scripts/here.sh\n'), 'rowsrows');
    });

    it('holds the code as it was at submit by every name, in data that is ignored too', async () => {
      scratch.write('.gitignore', 'data/\nkept/\nnote.txt\n');
      scratch.write('data/x.txt', 'x');
      scratch.write('note.txt', 'n');
      scratch.write('kept/free.txt', 'free');
      scratch.write('kept/tracked.sh', 'echo at submit');
      scratch.git('add', '-f', 'kept/tracked.sh');
      const script =
        'sleep 0.7; cat data/x.txt note.txt kept/free.txt; sh kept/tracked.sh; echo +>>data/log.txt\n';
      const id = await scratch.submit(own ? `cd ${scratch.project}; ${script}` : script);
      scratch.write('kept/tracked.sh', 'echo edited since');
      assert.equal((await scratch.ended(id)).state, 'finished');
      assert.equal(scratch.log(id), 'xnfreeat submit\n');
      assert.equal(fs.readFileSync(path.join(scratch.project, 'data/log.txt'), 'utf8'), '+\n');
      assert.deepEqual(scratch.outputs(id), []);
    });

    it('has the empty folders, to write into, and no longer when they are gone', async () => {
      for (const name of ['checkpoints', 'runs/first'])
        fs.mkdirSync(path.join(scratch.project, name), { recursive: true });
      const script = 'echo w >checkpoints/last.pt; echo r >runs/first/log; ls -d */';
      const words = await said(script);
      assert.match(words, /^checkpoints\/$/m);
      const again = await said(script);
      assert.equal(again, words);
      for (const name of ['checkpoints', 'runs'])
        fs.rmSync(path.join(scratch.project, name), { recursive: true });
      assert.doesNotMatch(await said('echo */'), /checkpoints|runs/);
    });

    it('lets a script harm nothing, and keeps what it wrote and put in the place of a linked file', async () => {
      scratch.write('model.py', 'the model');
      scratch.write('note.txt', 'n');
      const here = own ? scratch.project : '.';
      const id = await scratch.submit(
        `echo w > ${here}/made.txt; rm model.py; echo new > n.tmp; mv n.tmp note.txt; echo e > README.md\n`,
      );
      assert.equal((await scratch.ended(id)).state, 'finished');
      assert.deepEqual(scratch.outputs(id), ['README.md', 'made.txt', 'note.txt']);
      const read = (name: string) => fs.readFileSync(path.join(scratch.project, name), 'utf8');
      assert.deepEqual(['README.md', 'model.py', 'note.txt'].map(read), ['# A project\n', 'the model', 'n']);
      assert.equal(fs.existsSync(path.join(scratch.project, 'made.txt')), false);
    });

    it('lets a script write beside the folder', async () => {
      const id = await scratch.submit(
        'echo s > ../score.txt; mkdir -p ../more/a; echo m > ../more/a/b.txt\n',
      );
      const { state, reason } = await scratch.ended(id);
      assert.equal(state, 'finished');
      if (own) {
        assert.equal(fs.readFileSync(path.join(scratch.root, 'score.txt'), 'utf8'), 's\n');
        assert.deepEqual([scratch.outputs(id), reason], [[], undefined]);
        return;
      }
      const beside = path.join('beside', path.relative('/', scratch.root));
      assert.deepEqual(scratch.outputs(id), [`${beside}/more/a/b.txt`, `${beside}/score.txt`]);
      assert.match(reason ?? '', /beside its code folder/);
      assert.equal(
        await said('ls ../score.txt ../more || true\n').then((text) => /No such file/.test(text)),
        true,
      );
    });

    it('has a git of its own, which tells what that of the person tells and touches nothing of it', async () => {
      scratch.git('branch', 'other');
      scratch.git('tag', 'v1');
      scratch.git('config', 'remote.origin.url', 'https://example.com/x.git');
      scratch.write('README.md', '# Edited\n');
      scratch.write('untracked.txt', 'u');
      const asked =
        'git rev-parse HEAD; git rev-parse --abbrev-ref HEAD; git describe --tags; git diff HEAD -- README.md; ' +
        'git status --porcelain README.md untracked.txt; git remote get-url origin; git log --format=%s; git branch; pwd -P >/dev/null';
      const byHand = execFileSync('/bin/sh', ['-c', asked], { cwd: scratch.project, encoding: 'utf8' });
      assert.match(byHand, /v1[^]*Edited[^]*\?\? untracked/);
      assert.equal(await said(`${asked}\n`), byHand);
      const before = [scratch.git('for-each-ref'), scratch.git('status', '--porcelain')].map((text) =>
        text.replaceAll(/.*(?:refs\/trainyard|job\w+\.sh).*\n?/g, ''),
      );
      await said(
        'git -c user.name=j -c user.email=j@x commit -qam mine && git tag mine && git checkout -q -b new && git stash list',
      );
      const after = [scratch.git('for-each-ref'), scratch.git('status', '--porcelain')].map((text) =>
        text.replaceAll(/.*(?:refs\/trainyard|job\w+\.sh).*\n?/g, ''),
      );
      assert.deepEqual(after, before);
      fs.rmSync(path.join(scratch.project, 'untracked.txt'));
      scratch.write('README.md', '# A project\n');
    });

    it('is that of the job before, in which every file is as it was', async () => {
      scratch.write('a/code.txt', 'as it was');
      scratch.write('a/b/deep.txt', 'deep');
      scratch.write('run.sh', 'true');
      fs.chmodSync(path.join(scratch.project, 'run.sh'), 0o755);
      const look =
        'find . -name ".git" -prune -o -name "job*" -prune -o -type f -printf "%m %p " -exec sha1sum {} ";" | sort\n';
      const first = await said(look);
      const [slot = '', ...others] = slots();
      await settled(slot);
      const mess = await scratch.submit(
        [
          'echo changed > a/code.txt; touch -d @1 a/code.txt; chmod 000 a/b/deep.txt; chmod 644 run.sh; rm README.md',
          'mkdir -p x/y .hidden; echo s > x/y/stray; echo s > a/stray; ln -s /etc a/link; git init -q x; git init -q a',
          'rm -r kept; ln -s "$HOME" kept; chmod 500 a; exit 0',
        ].join('\n'),
        { environmentVariables: { HOME: scratch.root } },
      );
      assert.equal((await scratch.ended(mess)).state, 'finished', scratch.log(mess));
      await settled(slot);
      assert.equal(await said(look), first);
      assert.deepEqual(slots(), [slot, ...others]);
    });

    it('may be had by several at once', async () => {
      const ids = await Promise.all(
        [1, 2].map((n) => scratch.submit(`echo ${n} > mine; sleep 1; cat mine\n`)),
      );
      for (const id of ids) assert.equal((await scratch.ended(id)).state, 'finished');
      assert.deepEqual(ids.map((id) => scratch.log(id)).sort(), ['1\n', '2\n']);
    });

    it('is made anew when anything in it is broken', async () => {
      for (const slot of slots()) {
        await settled(slot);
        fs.writeFileSync(path.join(slot, 'git/index'), 'no index');
        fs.writeFileSync(path.join(slot, 'git/index.lock'), '');
      }
      assert.equal(await said('cat README.md\n'), '# A project\n');
    });

    it('makes the end of a job depend on nothing but itself', async () => {
      const id = await scratch.submit('echo m > model.bin; sleep 1; echo done\n');
      await scratch.running(id);
      const away = `${scratch.project}-away`;
      fs.renameSync(scratch.project, away);
      try {
        const { state, exitCode, reason } = await scratch.ended(id);
        assert.deepEqual([state, exitCode, reason], ['finished', 0, undefined]);
        assert.deepEqual(scratch.outputs(id), ['model.bin']);
      } finally {
        fs.renameSync(away, scratch.project);
      }
    });

    it('gives signals, exit codes and words as they are', async () => {
      const exit = await scratch.ended(await scratch.submit('exit 127\n'));
      assert.deepEqual([exit.state, exit.exitCode, exit.reason], ['failed', 127, undefined]);
      const killed = await scratch.ended(await scratch.submit('kill -9 $$\n'));
      assert.match(killed.reason ?? '', /SIGKILL/);
      const noProgram = await scratch.submit('', { command: ['./nothing.sh'] });
      assert.match((await scratch.ended(noProgram)).reason ?? '', /\.\/nothing\.sh was not found/);
      scratch.write('plain.txt', 'no program');
      const notRunnable = await scratch.submit('', { command: ['./plain.txt'] });
      assert.match(
        (await scratch.ended(notRunnable)).reason ?? '',
        /plain\.txt could not be started: .*EACCES/,
      );
    });

    it('keeps the words of a script, and the libraries of its own', async () => {
      const name = `a 'name' "with" $(words) \\ and\nlines`;
      scratch.write(`${name}/it's.sh`, 'printf "%s|" "$@" "$LD_LIBRARY_PATH"\n');
      const text = await said('', {
        workingFolder: name,
        command: ['/bin/sh', `it's.sh`, '--', `$(x) "y" 'z'`, ''],
        environmentVariables: { LD_LIBRARY_PATH: '/no/such "folder"' },
      });
      assert.equal(text, `--|$(x) "y" 'z'||/no/such "folder"|`);
    });

    it('says what code was used that the snapshot does not hold, and disturbs no Python', async function () {
      if (!python) return this.skip();
      const other = path.join(scratch.root, 'other');
      const write = (name: string, text: string) => {
        fs.mkdirSync(path.dirname(path.join(other, name)), { recursive: true });
        fs.writeFileSync(path.join(other, name), text);
      };
      write('lib/__init__.py', '');
      write('lib/deep.py', '');
      write('single.py', '');
      write('site/sitecustomize.py', 'import builtins; builtins.customized = True\n');
      scratch.write('.gitignore', 'generated.py\n');
      scratch.write('generated.py', '');
      scratch.write('package/__init__.py', '');
      scratch.write(
        'uses.py',
        [
          'import os, subprocess, sys',
          'import json, package, generated, lib.deep',
          'os.makedirs("made"); open("made/mine.py", "w").close(); import made.mine',
          'print(customized, [p for p in sys.path if "/home/jobs/" in p])',
          'os.chdir("/"); subprocess.run([sys.executable, "-c", "import single"], check=True)',
          'sys.exit(3)',
        ].join('\n'),
      );
      const id = await scratch.submit('', {
        command: [python, 'uses.py'],
        environmentVariables: { PYTHONPATH: [other, path.join(other, 'site')].join(':') },
      });
      const job = await scratch.ended(id);
      assert.equal(job.exitCode, 3, scratch.log(id));
      assert.equal(scratch.log(id), 'True []\n');
      assert.deepEqual(job.outsideCode, [
        path.join(other, 'lib'),
        path.join(other, 'single.py'),
        path.join(other, 'site/sitecustomize.py'),
        path.join(scratch.project, 'generated.py'),
      ]);
      const quiet = await scratch.submit('', {
        command: [python, 'uses.py'],
        environmentVariables: { PYTHONPATH: `${other}:${other}/site`, TRAINYARD_NOTE_CODE: 'off' },
      });
      assert.deepEqual((await scratch.ended(quiet)).outsideCode, []);
    });

    inPlace(
      'lets Python remove, make again, rename and move into folders that git ignores, as by hand',
      async function () {
        if (!python) return this.skip();
        scratch.write('.gitignore', 'outputs/\nold/\nbest/\n');
        for (const name of ['outputs/a/b.txt', 'old/x.txt', 'best/model.pt']) scratch.write(name, 'before');
        const script = [
          'import os, pathlib, shutil',
          'shutil.rmtree("outputs"); os.makedirs("outputs"); open("outputs/new.txt", "w").write("new")',
          'try: os.mkdir("outputs")',
          'except FileExistsError: print("there")',
          'try: os.rmdir("outputs")',
          'except OSError as error: print(error.strerror)',
          'open("t.tmp", "w").write("after"); os.replace("t.tmp", "best/model.pt")',
          'os.mkdir("epoch"); open("epoch/w", "w").write("w"); os.rename("epoch", "best/epoch")',
          '# As pathlib names them before Python 3.11.',
          'class Accessor: mkdir, rmdir, replace = os.mkdir, os.rmdir, os.replace',
          'Accessor().mkdir("made"); Accessor().rmdir("made")',
          'pathlib.Path("old").rename("older"); print(os.listdir("older"), os.path.exists("t.tmp"))',
        ];
        const words = await said('', { command: [python, '-c', script.join('\n')] });
        assert.equal(words, "there\nDirectory not empty\n['x.txt'] False\n");
        const at = (name: string) => path.join(scratch.project, name);
        assert.deepEqual(fs.readdirSync(at('outputs')), ['new.txt']);
        assert.deepEqual(fs.readdirSync(at('best')).sort(), ['epoch', 'model.pt']);
        assert.equal(fs.readFileSync(at('best/model.pt'), 'utf8'), 'after');
        for (const name of ['outputs', 'old', 'best', '.gitignore']) fs.rmSync(at(name), { recursive: true });
      },
    );

    it('has the interpreter and the packages of an environment inside it, which lead to the code at submit', async function () {
      if (!python) return this.skip();
      scratch.write('.gitignore', '.venv/\n');
      execFileSync(python, ['-m', 'venv', '--without-pip', path.join(scratch.project, '.venv')]);
      const lib = path.join(scratch.project, '.venv/lib');
      const site = path.join(lib, fs.readdirSync(lib)[0] ?? '', 'site-packages');
      fs.writeFileSync(path.join(site, '_editable.pth'), path.join(scratch.project, 'src'));
      scratch.write('src/pkg/__init__.py', 'WORD = "at submit"\n');
      scratch.write('train.py', 'import time; time.sleep(1)\nimport pkg\nprint(pkg.WORD, pkg.__file__)\n');
      const interpreter = path.join(scratch.project, '.venv/bin/python');
      const id = await scratch.submit('', { command: [interpreter, 'train.py'] });
      scratch.write('src/pkg/__init__.py', 'WORD = "edited"\n');
      assert.equal((await scratch.ended(id)).state, 'finished', scratch.log(id));
      assert.match(scratch.log(id), /^at submit /);
      if (own) assert.equal(scratch.log(id), `at submit ${scratch.project}/src/pkg/__init__.py\n`);
    });
  });
