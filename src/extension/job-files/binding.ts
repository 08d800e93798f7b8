/** Longer ones are data, or made by a machine. */
export const MOST_CHARACTERS = 1_000_000;

/** `$schema: …/commandJob.schema.json`, as a field or in the comment that editors know. */
const SCHEMA =
  /^(?:["']?\$schema["']?\s*:|#\s*yaml-language-server\s*:\s*\$schema\s*=)\s*["']?(\S+?)["']?\s*$/im;
const COMMAND_JOB = /(^|[\\/:])commandJob(\.schema)?\.json([?#].*)?$/i;

/** Beside `command`, one of these is in no other kind of file. */
const MARKS = /^(environment|compute|experiment_name|type\s*:\s*["']?command["']?\s*$)/im;

/**
 * Whether a text says by itself that it is a command job. Cheap, because it is asked of every YAML that is open: the reader is
 * loaded for those only.
 */
export function saysJobFile(text: string): boolean {
  if (text.length > MOST_CHARACTERS) return false;
  const schema = SCHEMA.exec(text)?.[1];
  if (schema !== undefined) return COMMAND_JOB.test(schema);
  return /^command\s*:/m.test(text) && MARKS.test(text);
}
