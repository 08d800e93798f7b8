import fs from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { MARK } from './mark.js';

// The console that this reaches is the whole window's.
Mocha.reporters.Base.consoleLog = (...args: unknown[]) => console.log(MARK + format(...args));

/** What the extension host calls. The counts go to the file that TRAINYARD_TEST_RESULT names. */
export async function run(): Promise<void> {
  const { TRAINYARD_TEST_RESULT: result, TRAINYARD_TEST_GREP: grep } = process.env;
  const mocha = new Mocha({ timeout: 60_000, color: true, ...(grep && { grep }) });
  const suites = path.join(__dirname, 'suite');
  for (const name of fs.readdirSync(suites).sort())
    if (name.endsWith('.test.cjs')) mocha.addFile(path.join(suites, name));
  const failures: string[] = [];
  const counts = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats as Mocha.Stats));
    runner.on('fail', (test, error: Error) => failures.push(`${test.fullTitle()}: ${error.message}`));
  });
  const { passes: passed, failures: failed, pending: skipped } = counts;
  if (result) fs.writeFileSync(result, JSON.stringify({ passed, failed, skipped, failures }));
  if (failed > 0) throw new Error(`${failed} of the tests in the extension host failed.`);
}
