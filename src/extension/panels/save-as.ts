import os from 'node:os';
import * as vscode from 'vscode';

/** Writes what a page made where a person says; under this name unless they say another. */
export async function saveAs(name: string, content: Uint8Array): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(os.homedir());
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(folder, name) });
  if (target) await vscode.workspace.fs.writeFile(target, content);
}
