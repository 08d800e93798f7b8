/** What is known of a job file by its name alone. What it says is read by `job/file`, which brings the YAML parser. */
import path from 'node:path';

/** Of MLflow’s projects; it has no extension. */
export const MLPROJECT = 'MLproject';

/** Whether a file is meant as a job file, and not as a script. */
export function isJobFileName(name: string): boolean {
  return /\.ya?ml$/i.test(name) || path.basename(name) === MLPROJECT;
}

/** The tag of a run that names the job file that it came from. */
export const JOB_FILE_TAG = 'trainyard.jobFile';

/**
 * A job file as that tag names it, the same whoever submitted it: with `/`, and a drive of Windows in lower case.
 * @param file absolute
 */
export function jobFileTag(file: string): string {
  return file.replaceAll(path.sep, '/').replace(/^[A-Z]:/, (drive) => drive.toLowerCase());
}
