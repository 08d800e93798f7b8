import type { WorkspaceEntry } from '../configuration/list.js';
import type { Credentials, WorkspaceKind } from '../registry.js';
import {
  DEFAULT_TIMEOUT_S,
  problemOfHeader,
  problemOfTimeout,
  problemOfUri,
  problemOfUser,
  readConfig,
  trackingOf,
} from './config.js';
import { MlflowWorkspace } from './workspace.js';

/** MLflow tracking servers that somebody else runs. */
export const MLFLOW_KIND: WorkspaceKind = {
  questions: [
    {
      name: 'uri',
      label: 'Address',
      prompt: 'Address of the tracking server, as MLFLOW_TRACKING_URI has it.',
      placeholder: 'https://mlflow.example.com',
      problemOf: problemOfUri,
    },
    {
      name: 'auth',
      label: 'Sign-In',
      input: [
        { value: 'none', label: 'None', detail: 'The server asks nobody who they are' },
        { value: 'token', label: 'Token', detail: 'As MLFLOW_TRACKING_TOKEN' },
        {
          value: 'basic',
          label: 'User and Password',
          detail: 'As MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
        },
        { value: 'header', label: 'Header', detail: 'A header of your own, such as X-API-Key' },
      ],
    },
    {
      name: 'user',
      label: 'User',
      when: ({ auth }) => auth === 'basic',
      problemOf: problemOfUser,
    },
    {
      name: 'header',
      label: 'Name of the Header',
      placeholder: 'X-API-Key',
      when: ({ auth }) => auth === 'header',
      problemOf: problemOfHeader,
    },
    { name: 'token', label: 'Token', input: 'secret', when: ({ auth }) => auth === 'token' },
    { name: 'password', label: 'Password', input: 'secret', when: ({ auth }) => auth === 'basic' },
    {
      name: 'headerValue',
      label: 'Value of the Header',
      input: 'secret',
      when: ({ auth }) => auth === 'header',
    },
    {
      name: 'ca',
      label: 'Certificate of the Authority',
      prompt:
        'File (PEM) with the certificate of your own authority. It is needed only if this computer does not trust the server.',
      input: 'file',
      optional: true,
      when: ({ uri = '' }) => /^\s*https:/i.test(uri),
    },
    {
      name: 'timeout',
      label: 'Seconds to Wait',
      prompt: `Seconds without an answer after which a request is given up. Leave it empty for ${DEFAULT_TIMEOUT_S}.`,
      optional: true,
      problemOf: problemOfTimeout,
    },
  ],

  open(entry, { credentials }) {
    return Promise.resolve(opened(entry, credentials));
  },

  // The query of a pasted address is not needed, and may contain a secret.
  admit: (entry) => ({ ...entry, uri: readConfig(entry).uri }),

  async check(entry, { credentials }, signal) {
    const version = await opened(entry, credentials).version(signal);
    return version === undefined ? 'MLflow' : `MLflow ${version}`;
  },

  tracking: (entry, { credentials }) => trackingOf(readConfig(entry), credentials),
};

/** @throws BAD_REQUEST */
function opened(entry: WorkspaceEntry, credentials: Credentials): MlflowWorkspace {
  return new MlflowWorkspace({ id: entry.id, label: entry.name }, readConfig(entry), credentials);
}
