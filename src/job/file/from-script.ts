import type { CommandJob } from '../spec.js';
import { argumentsOf } from './arguments/read.js';

/**
 * The job of a script with its arguments as inputs.
 * @param spec runs the script without arguments
 * @param text of the script
 */
export function withArguments(spec: CommandJob, text: string): { spec: CommandJob; notes: string[] } {
  const words: string[] = [];
  const parameters: Record<string, string> = {};
  const notes: string[] = [];
  for (const { name, option, isFlag, isRequired, default: value } of argumentsOf(text)) {
    const shown = option ?? name;
    if (isFlag)
      notes.push(
        `${shown} did not become an input: it takes no value. Add it to the command if you want it.`,
      );
    else if (value === undefined && !isRequired)
      notes.push(`${shown} did not become an input: it has no default.`);
    else {
      parameters[name] = value ?? '';
      if (value === undefined) notes.push(`Give the input “${name}” a value: the script needs it.`);
      words.push(...(option === undefined ? [] : [option]), `\${{inputs.${name}}}`);
    }
  }
  const isEmpty = Object.keys(parameters).length === 0;
  return { spec: { ...spec, command: [...spec.command, ...words], ...(!isEmpty && { parameters }) }, notes };
}
