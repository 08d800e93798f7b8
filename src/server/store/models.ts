export interface LoggedModelRecord {
  id: string;
  experimentId: string;
  name: string;
  modelType: string;
  sourceRunId: string;
  status: 'pending' | 'ready' | 'failed';
  statusMessage: string;
  createdAt: number;
  updatedAt: number;
  artifactUri: string;
  lifecycle: 'active' | 'deleted';
  params: Record<string, string>;
  tags: Record<string, string>;
  metrics: { key: string; value: number; timestamp: number; step: number; runId: string; datasetName: string; datasetDigest: string }[];
}

export interface RegisteredModelRecord {
  name: string;
  description: string;
  createdAt: number;
  updatedAt: number;
  tags: Record<string, string>;
  aliases: Record<string, string>;
}

export interface ModelVersionRecord {
  name: string;
  version: number;
  source: string;
  runId: string;
  modelId: string;
  runLink: string;
  description: string;
  stage: string;
  createdAt: number;
  updatedAt: number;
  tags: Record<string, string>;
  aliases: string[];
}

/** Logged models and the registry. Changing methods are for use inside Store.write and throw NOT_FOUND | CONFLICT. */
export declare class Models {
  createLogged(fields: {
    experimentId: string;
    name?: string;
    modelType?: string;
    sourceRunId?: string;
    params?: Record<string, string>;
    tags?: Record<string, string>;
  }): LoggedModelRecord;
  logged(id: string): LoggedModelRecord | undefined;
  searchLogged(experimentIds: string[]): LoggedModelRecord[];
  setLoggedStatus(id: string, status: LoggedModelRecord['status'], message?: string): LoggedModelRecord;
  deleteLogged(id: string): void;
  addLoggedParams(id: string, params: Record<string, string>): void;
  setLoggedTags(id: string, tags: Record<string, string>): void;
  deleteLoggedTag(id: string, key: string): boolean;
  addLoggedMetrics(id: string, metrics: LoggedModelRecord['metrics']): void;

  createRegistered(fields: { name: string; description?: string; tags?: Record<string, string> }): RegisteredModelRecord;
  registered(name: string): RegisteredModelRecord | undefined;
  allRegistered(): RegisteredModelRecord[];
  renameRegistered(name: string, newName: string): RegisteredModelRecord;
  updateRegistered(name: string, description: string): RegisteredModelRecord;
  deleteRegistered(name: string): void;
  setRegisteredTag(name: string, key: string, value: string): void;
  deleteRegisteredTag(name: string, key: string): void;
  setAlias(name: string, alias: string, version: number): void;
  deleteAlias(name: string, alias: string): void;

  /** Numbers count up and are never used again. */
  createVersion(fields: {
    name: string;
    source: string;
    runId?: string;
    modelId?: string;
    runLink?: string;
    description?: string;
    tags?: Record<string, string>;
  }): ModelVersionRecord;
  version(name: string, version: number): ModelVersionRecord | undefined;
  versions(name?: string): ModelVersionRecord[];
  updateVersion(name: string, version: number, fields: { description?: string; stage?: string }): ModelVersionRecord;
  deleteVersion(name: string, version: number): void;
  setVersionTag(name: string, version: number, key: string, value: string): void;
  deleteVersionTag(name: string, version: number, key: string): void;
}
