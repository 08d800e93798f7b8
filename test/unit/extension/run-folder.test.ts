import assert from 'node:assert/strict';
import path from 'node:path';
import { inFolder, originOf, rootOf, scriptOf } from '../../../src/extension/runs/run-failure.js';
import { pathInCode } from '../../../src/job/code-path.js';
import type { Run } from '../../../src/workspace/types.js';
import { tableRun } from '../../ui/webview/table-host.js';

const known = tableRun(1);
/** As of a run whose folder nobody knows: its script was started by hand, or on another machine. */
const unknown = tableRun(2, { code: { ...known.code!, root: '' } });
const { code: _, ...bare } = tableRun(3);
const without: Run = bare;

describe('the folder of a run’s code', () => {
  it('is that of the first run that has one, and not the root of the disk', () => {
    assert.equal(rootOf([without, unknown, known]), '/home/ada/digits');
    assert.equal(rootOf([unknown, without]), undefined);
  });

  it('has no file where it is not known', () => {
    assert.equal(inFolder(known, 'net/a.py'), path.join('/home/ada/digits', 'net', 'a.py'));
    for (const run of [unknown, without]) {
      assert.equal(inFolder(run, 'net/a.py'), undefined);
      assert.equal(scriptOf(run), undefined);
    }
  });

  it('takes no file of the machine for one of the code where it is not known', () => {
    const [here, nowhere] = [originOf(known)!, originOf(unknown)!];
    assert.equal(pathInCode('/home/ada/digits/train.py', here), 'train.py');
    assert.equal(pathInCode('/usr/lib/python3/ast.py', nowhere), undefined);
    assert.equal(pathInCode('/home/ada/digits/train.py', nowhere), undefined);
  });
});
