import fs from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import * as vscode from 'vscode';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { type FileVariables, readEnvFiles } from '../../job/env-file.js';
import type { Script } from './script.js';

/** The file that the setting `python.envFile` names for a script; absolute. */
export function envFileOf({ uri, folder }: Script): string {
  const set =
    vscode.workspace.getConfiguration('python', uri).get<string>('envFile') || '${workspaceFolder}/.env';
  return path.resolve(
    folder,
    set.replaceAll('${workspaceFolder}', () => folder),
  );
}

export async function hasEnvFile(script: Script): Promise<boolean> {
  return (await textOf(envFileOf(script))) !== undefined;
}

/** Its variables; none without such a file. @throws BAD_REQUEST when it is there and cannot be read */
export async function readEnvFile(script: Script, log: vscode.LogOutputChannel): Promise<FileVariables> {
  const name = envFileOf(script);
  const text = await textOf(name);
  const read = readEnvFiles(text === undefined ? [] : [{ name, text }], process.env);
  for (const note of read.notes) log.warn(note);
  return read;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (cause) {
    // A folder of this name is an environment.
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'EISDIR')) return undefined;
    const text = vscode.l10n.t('The file {0} cannot be read: {1}', file, messageOf(cause));
    throw new TrainyardError('BAD_REQUEST', text, { cause });
  }
}
