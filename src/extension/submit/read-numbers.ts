import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { patternsFrom, type ProposedPattern } from '../../job/patterns-from.js';
import type { MetricPattern } from '../../job/spec.js';
import { parseRunKey, runKey, type RunKey } from '../../workspace/run-ref.js';
import type { Workspace } from '../../workspace/workspace.js';
import { scriptOf } from '../runs/run-failure.js';
import type { SubmitMemory } from './script-options.js';
import { facetOf } from '../../workspace/facets.js';

/** Characters of a metric's name. */
const LONGEST_NAME = 250;
/** Characters of the line in the question. */
const LONGEST_QUOTE = 60;

interface Parts {
  workspaces: { of(ref: { workspace: string }): Workspace };
  memory: SubmitMemory;
  showCharts: (run: RunKey) => void;
}

/**
 * Has a person choose which numbers of a printed line are metrics. They are read from all that the run prints, and from
 * what its script prints when it is submitted again.
 * @throws BAD_REQUEST when the line has no number with a name, or the run is not one of a job
 */
export async function readNumbers(
  key: RunKey,
  line: string,
  { workspaces, memory, showCharts }: Parts,
): Promise<void> {
  const ref = parseRunKey(key);
  const workspace = workspaces.of(ref);
  const patterns = await choose(line.trim());
  if (patterns.length === 0) return;
  const run = await workspace.run(ref.run);
  const job = run.job?.runId ?? run.id;
  await facetOf(workspace, 'jobs').addPatterns(job, patterns);
  const script = scriptOf(run);
  if (script !== undefined) await memory.addMetrics(vscode.Uri.file(script).toString(), patterns);
  const names = patterns.map(({ name }) => name).join(', ');
  const text =
    script === undefined
      ? vscode.l10n.t('Reading {0} from the output of {1}.', names, run.name)
      : vscode.l10n.t(
          'Reading {0} from the output of {1}. Later submissions of {2} read the same metrics.',
          names,
          run.name,
          path.basename(script),
        );
  tell(text, () => showCharts(runKey({ ...ref, run: job })));
}

function tell(text: string, show: () => void): void {
  const charts = vscode.l10n.t('Show Charts');
  void vscode.window.showInformationMessage(text, charts).then((chosen) => {
    if (chosen === charts) show();
  });
}

async function choose(line: string): Promise<MetricPattern[]> {
  const proposed = patternsFrom(line);
  if (proposed.length === 0)
    throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('No number in this line has a name.'), {
      hint: vscode.l10n.t('Print it with a name, as in “loss=0.5”.'),
    });
  const items = proposed.map((pattern) => ({
    label: pattern.name,
    description: pattern.value,
    picked: proposed.length === 1,
    pattern,
  }));
  const quote = line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line;
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Read Numbers'),
    placeHolder: vscode.l10n.t('Which numbers of “{0}” are metrics?', quote),
  });
  const [first, ...others] = picked?.map(({ pattern }) => pattern) ?? [];
  if (!first) return [];
  if (others.length > 0) return [first, ...others].map(patternOf);
  const name = await askName(first);
  return name === undefined ? [] : [{ ...patternOf(first), name }];
}

function patternOf({ name, regex }: ProposedPattern): MetricPattern {
  return { name, regex };
}

async function askName({ name }: MetricPattern): Promise<string | undefined> {
  const given = await vscode.window.showInputBox({
    title: vscode.l10n.t('Read Numbers'),
    prompt: vscode.l10n.t('What is the metric called?'),
    value: name,
    validateInput: (text) => {
      const length = text.trim().length;
      return length > 0 && length <= LONGEST_NAME
        ? undefined
        : vscode.l10n.t('A name must have 1 to {0} characters.', LONGEST_NAME);
    },
  });
  return given?.trim();
}
