import * as vscode from 'vscode';

/** As much of the API of ms-python.python as we ask for. */
interface PythonApi {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(
      path: { path: string } | string,
    ): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}

/** The interpreter selected in the Python extension for `resource`; undefined without that extension or selection. */
export async function selectedPython(resource: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (!extension) return undefined;
  const { environments } = await extension.activate();
  const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(resource));
  return environment?.executable.uri?.fsPath;
}

/** Whether *Python: Select Interpreter* is there to be offered. */
export function hasPythonExtension(): boolean {
  return vscode.extensions.getExtension('ms-python.python') !== undefined;
}
