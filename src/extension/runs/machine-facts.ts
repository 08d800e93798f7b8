import type { Machine } from '../../workspace/types.js';
import { forPage } from '../../panels/l10n.js';
import { formatBytes } from '../../base/format.js';

/** What a run ran on, by name, in the order it is read; empty when that is not known. */
export function machineFacts(machine: Machine | undefined): [name: string, value: string][] {
  if (!machine) return [];
  const { host, system, processor, cores, memoryBytes, gpus = [] } = machine;
  const facts: [string, string][] = [
    [forPage('Machine'), host],
    [forPage('System'), system],
    [forPage('Processor'), [processor, cores > 0 ? `${cores} cores` : ''].filter(Boolean).join(', ')],
    [forPage('Memory'), formatBytes(memoryBytes)],
    [forPage('GPU'), counted(gpus)],
  ];
  return facts.filter(([, value]) => value !== '');
}

/** e.g. `2 × NVIDIA H100`; each name once, in their order. */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(', ');
}
