import fs from 'node:fs';
import path from 'node:path';

/** Stores that MLflow's client makes where the script runs when it is told to log there. */
const STORES = ['mlruns', 'mlflow.db'];

/** Those in folders of a job, as paths from `top`. */
export function storesIn(top: string, folders: readonly string[]): string[] {
  const names = folders.flatMap((folder) =>
    STORES.map((name) => path.join(folder, name).split(path.sep).join('/')),
  );
  return [...new Set(names)].filter((name) => fs.existsSync(path.join(top, name)));
}
