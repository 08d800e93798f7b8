import { Type } from 'typebox';
import { MetricPatterns, RunId } from '../../job/schema.js';

const Texts = Type.Record(Type.String({ maxLength: 1024 }), Type.String({ maxLength: 1_000_000 }));
const RunIds = Type.Array(RunId, { minItems: 1, maxItems: 1000 });
const Path = Type.String({ maxLength: 4096 });
/** Of a query, where all is text. */
const Flag = Type.Optional(Type.Union([Type.Literal('1'), Type.Literal('0')]));

export const RunParams = Type.Object({ id: RunId });

const LifecycleFilter = Type.Union([Type.Literal('active'), Type.Literal('deleted'), Type.Literal('all')]);
export const LifecycleQuery = Type.Object({ lifecycle: Type.Optional(LifecycleFilter) });
export const ExperimentParams = Type.Object({ id: Type.String({ pattern: '^\\d{1,15}$' }) });
const Time = Type.Number({ minimum: 0 });
export const PurgeQuery = Type.Object({ before: Type.Optional(Time) });
export const PurgeBody = Type.Object({ before: Time });

export const RunQueryBody = Type.Object({
  experimentIds: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 10_000 })),
  filter: Type.Optional(Type.String({ maxLength: 10_000 })),
  orderBy: Type.Optional(Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 20 })),
  commit: Type.Optional(Type.String({ pattern: '^[0-9a-f]{40}([0-9a-f]{24})?$' })),
  lifecycle: Type.Optional(LifecycleFilter),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  page: Type.Optional(Type.String({ maxLength: 10_000 })),
});

/** Null removes the tag. Not a union of the two: the check would turn null into text, as in a query. */
const TagValue = Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 8000 });

export const RunChanges = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 250 })),
  tags: Type.Optional(Type.Record(Type.String({ minLength: 1, maxLength: 250 }), TagValue)),
});

export const RunIdsBody = Type.Object({ runIds: RunIds });

export const DebugBody = Type.Object({
  pid: Type.Optional(Type.Integer({ minimum: 1 })),
  debugpy: Type.Optional(Type.String({ minLength: 1, maxLength: 4096, pattern: '^[^\\0]+$' })),
});

export const PatternsBody = Type.Object({ patterns: MetricPatterns });

export const SubmitBody = Type.Object({
  /** Checked with the job: see src/job/validate.ts. */
  spec: Type.Unknown(),
  secrets: Type.Optional(Texts),
  largeFiles: Type.Optional(Type.Union([Type.Literal('include'), Type.Literal('leave-out')])),
  baseEnv: Texts,
  umask: Type.Optional(Type.Integer({ minimum: 0, maximum: 0o777 })),
});

export const LogQuery = Type.Object({
  from: Type.Optional(Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })),
  follow: Flag,
});

export const FolderQuery = Type.Object({ folder: Type.Optional(Path) });
export const PathQuery = Type.Object({ path: Path });
export const DiffQuery = Type.Object({ other: Type.Union([RunId, Type.Literal('folder')]) });
export const RestoreBody = Type.Object({
  folder: Type.String({ minLength: 1, maxLength: 4096, pattern: '^[^\\0]+$' }),
});

export const PointsBody = Type.Object({
  series: Type.Array(
    Type.Object({
      runId: RunId,
      key: Type.String({ maxLength: 250 }),
      from: Type.Integer({ minimum: 0 }),
      fromStep: Type.Optional(Type.Number()),
      toStep: Type.Optional(Type.Number()),
    }),
    { maxItems: 2000 },
  ),
  maxPoints: Type.Integer({ minimum: 4, maximum: 10_000_000 }),
});

const ModelName = Type.String({ minLength: 1, maxLength: 256 });
export const ModelQuery = Type.Object({
  kind: Type.Optional(Type.Union([Type.Literal('logged'), Type.Literal('registered')])),
  name: Type.Optional(Type.String({ maxLength: 1000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  page: Type.Optional(Type.String({ maxLength: 10_000 })),
});
export const VersionsQuery = Type.Object({ name: ModelName });
export const AliasBody = Type.Object({
  name: ModelName,
  alias: Type.String({ minLength: 1, maxLength: 255 }),
  version: Type.Optional(Type.String({ maxLength: 20 })),
});

export const NeighboursBody = Type.Object({
  ids: Type.Array(Type.String({ minLength: 1, maxLength: 10_000 }), { maxItems: 1000 }),
  direction: Type.Union([Type.Literal('up'), Type.Literal('down')]),
});

export const RegisterBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 250 }),
  model: Type.Union([
    Type.Object({ modelId: Type.String({ pattern: '^m-[0-9a-f]{32}$' }) }),
    Type.Object({ runId: RunId, path: Type.String({ minLength: 1, maxLength: 4096 }) }),
  ]),
});

export const TargetParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) });

export const PruneBody = Type.Object({
  ids: Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 100_000 }),
});

const DataName = Type.String({ minLength: 1, maxLength: 255 });
const DataVersion = Type.Optional(Type.String({ minLength: 1, maxLength: 255 }));
export const DataQuery = Type.Object({ name: Type.Optional(DataName), archived: Flag });
export const DataVersionQuery = Type.Object({ name: DataName, version: DataVersion });
export const DataRunsQuery = Type.Object({
  name: DataName,
  version: Type.String({ minLength: 1, maxLength: 255 }),
});
export const DataBody = Type.Object(
  {
    name: DataName,
    version: DataVersion,
    type: Type.Union([Type.Literal('uri_file'), Type.Literal('uri_folder'), Type.Literal('mltable')]),
    path: Type.String({ minLength: 1, maxLength: 4096 }),
    description: Type.Optional(Type.String({ maxLength: 100_000 })),
    tags: Type.Optional(Texts),
  },
  { additionalProperties: false },
);
export const ArchiveDataBody = Type.Object({
  name: DataName,
  version: DataVersion,
  archived: Type.Boolean(),
});

export const DatastoreParams = Type.Object({ name: DataName });
const Words = Type.String({ minLength: 1, maxLength: 4096 });
const AzurePlace = {
  account: Words,
  endpoint: Words,
  prefix: Type.Optional(Words),
  application: Type.Optional(
    Type.Object({ tenantId: Words, clientId: Words }, { additionalProperties: false }),
  ),
};
export const DatastoreBody = Type.Object(
  {
    name: DataName,
    place: Type.Union([
      Type.Object({ kind: Type.Literal('folder'), path: Words }, { additionalProperties: false }),
      Type.Object(
        {
          kind: Type.Literal('s3'),
          bucket: Words,
          prefix: Type.Optional(Words),
          region: Type.Optional(Words),
          endpoint: Type.Optional(Words),
          pathStyle: Type.Optional(Type.Boolean()),
          profile: Type.Optional(Words),
        },
        { additionalProperties: false },
      ),
      Type.Object(
        { kind: Type.Literal('azure_blob'), container: Words, ...AzurePlace },
        { additionalProperties: false },
      ),
      Type.Object(
        { kind: Type.Literal('azure_data_lake_gen2'), filesystem: Words, ...AzurePlace },
        { additionalProperties: false },
      ),
    ]),
    secretEnv: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    description: Type.Optional(Type.String({ maxLength: 100_000 })),
    tags: Type.Optional(Texts),
  },
  { additionalProperties: false },
);
export const DatastoreSecretsBody = Type.Object(
  { secrets: Type.Record(DataName, Type.String({ minLength: 1, maxLength: 100_000 })) },
  { additionalProperties: false },
);

/** As in Azure ML. `:` and `@` divide a name from its version. */
const EnvironmentName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$' });
const EnvironmentVersion = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$' });
export const EnvironmentQuery = Type.Object({ name: Type.Optional(EnvironmentName), archived: Flag });
export const EnvironmentVersionQuery = Type.Object({ name: EnvironmentName, version: EnvironmentVersion });
export const EnvironmentBody = Type.Object(
  {
    name: Type.Optional(EnvironmentName),
    version: Type.Optional(EnvironmentVersion),
    definition: Type.Object(
      {
        image: Type.Optional(Type.String({ minLength: 1, maxLength: 4096, pattern: '^[^\\s-]\\S*$' })),
        conda: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000_000 })),
        pip: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000_000 })),
        variables: Type.Optional(Texts),
      },
      { additionalProperties: false },
    ),
    build: Type.Optional(
      Type.Object(
        {
          folder: Type.String({ minLength: 1, maxLength: 4096 }),
          dockerfile: Type.String({ minLength: 1, maxLength: 4096 }),
        },
        { additionalProperties: false },
      ),
    ),
    description: Type.Optional(Type.String({ maxLength: 100_000 })),
    tags: Type.Optional(Texts),
    kept: Type.Optional(Type.Record(Type.String({ maxLength: 255 }), Type.Unknown())),
  },
  { additionalProperties: false },
);
export const ArchiveEnvironmentBody = Type.Object({
  name: EnvironmentName,
  version: Type.Optional(EnvironmentVersion),
  archived: Type.Boolean(),
});
export const BuildBody = Type.Object({
  name: EnvironmentName,
  version: EnvironmentVersion,
  target: Type.String({ minLength: 1, maxLength: 100 }),
});

export const SettingsBody = Type.Object(
  {
    parallelJobs: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    snapshotSizeLimit: Type.Optional(Type.Integer({ minimum: 1 })),
    grace: Type.Optional(Type.Number({ minimum: 0, maximum: 3600 })),
    idleExit: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    dataCacheLimit: Type.Optional(Type.Integer({ minimum: 0 })),
    // Each kind of target checks its own when it uses them.
    targets: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 100 }),
        Type.Record(Type.String({ maxLength: 100 }), Type.Unknown()),
      ),
    ),
  },
  { additionalProperties: false },
);
