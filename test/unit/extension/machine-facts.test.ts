import assert from 'node:assert/strict';
import { comparedRun } from '../../../src/extension/panels/compared-run.js';
import { shownRun } from '../../../src/extension/panels/shown-run.js';
import { machineFacts } from '../../../src/extension/runs/machine-facts.js';
import { tableRun } from '../../ui/webview/table-host.js';

const machine = {
  host: 'node-7',
  system: 'Linux 6.8.0',
  processor: 'AMD EPYC 7763',
  cores: 64,
  memoryBytes: 540_000_000_000,
  gpus: ['NVIDIA H100', 'NVIDIA H100', 'NVIDIA T4'],
};

describe('what a person reads of a machine', () => {
  it('counts GPUs of one name', () => {
    assert.deepEqual(machineFacts(machine), [
      ['Machine', 'node-7'],
      ['System', 'Linux 6.8.0'],
      ['Processor', 'AMD EPYC 7763, 64 cores'],
      ['Memory', '540 GB'],
      ['GPU', '2 × NVIDIA H100, NVIDIA T4'],
    ]);
  });

  it('leaves out what the system does not tell', () => {
    const { gpus: _, ...bare } = { ...machine, processor: '', cores: 0 };
    assert.deepEqual(
      machineFacts(bare).map(([name]) => name),
      ['Machine', 'System', 'Memory'],
    );
    assert.deepEqual(machineFacts(undefined), []);
  });

  it('stands in the panel of a run and in the comparison', () => {
    const run = tableRun(1);
    assert.ok(run.job);
    run.job.machine = machine;
    const facts = machineFacts(machine);
    const { environment } = shownRun(run, 'digits', {});
    assert.deepEqual(environment.slice(-facts.length), facts);
    const compared = comparedRun(run).facts;
    for (const [name, value] of facts)
      assert.equal(compared.find(([other]) => other === name)?.[1], value, name);
  });
});
