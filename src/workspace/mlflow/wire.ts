/** What MLflow's protocol calls things, as far as it is read here. A 64-bit number may come as text; NaN and infinities do. */

export type Int64 = number | string;

export interface WireTag {
  key: string;
  value?: string;
}

export interface WireExperiment {
  experiment_id: string;
  name: string;
  lifecycle_stage?: string;
  creation_time?: Int64;
  last_update_time?: Int64;
  tags?: WireTag[];
}

export interface WireMetric {
  key: string;
  value?: number | string;
  timestamp?: Int64;
  step?: Int64;
  run_id?: string;
}

export interface WireRunInfo {
  run_id?: string;
  run_uuid?: string;
  experiment_id: string;
  run_name?: string;
  user_id?: string;
  status?: string;
  start_time?: Int64;
  end_time?: Int64;
  artifact_uri?: string;
  lifecycle_stage?: string;
}

export interface WireRun {
  info: WireRunInfo;
  data?: { metrics?: WireMetric[]; params?: WireTag[]; tags?: WireTag[] };
  inputs?: {
    dataset_inputs?: {
      tags?: WireTag[];
      dataset: { name: string; digest: string; source_type: string; source: string };
    }[];
    model_inputs?: { model_id: string }[];
  };
  outputs?: { model_outputs?: { model_id: string; step?: Int64 }[] };
}

export interface WireFile {
  path: string;
  is_dir?: boolean;
  file_size?: Int64;
}

export interface WireLoggedModel {
  info: {
    model_id: string;
    experiment_id: string;
    name?: string;
    creation_timestamp_ms?: Int64;
    artifact_uri?: string;
    status?: string;
    source_run_id?: string;
    tags?: WireTag[];
  };
  data?: { params?: WireTag[]; metrics?: WireMetric[] };
}

export interface WireRegisteredModel {
  name: string;
  creation_timestamp?: Int64;
  latest_versions?: WireModelVersion[];
  tags?: WireTag[];
  aliases?: { alias: string; version: Int64 }[];
}

export interface WireModelVersion {
  name: string;
  version: Int64;
  creation_timestamp?: Int64;
  run_id?: string;
  source?: string;
  model_id?: string;
  aliases?: string[];
}
