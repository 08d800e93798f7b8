import { isOfRepository } from '../../targets/shared/environment.js';

/** What a job keeps of the environment that it was submitted from. */

/** Written down: what programs need to start and to find their parts, and what training frameworks are set by. */
const KEPT = new RegExp(
  `^(?:${[
    'PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\\w+|TZ|TERM|COLORTERM|TMPDIR|TMP|TEMP|PWD|DISPLAY|XDG_\\w+',
    'SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAM(?:FILES|W6432)\\S*',
    'USERPROFILE|HOMEDRIVE|HOMEPATH|USERNAME|COMPUTERNAME|NUMBER_OF_PROCESSORS|PROCESSOR_\\w+|OS',
    'PYTHON\\w*|PYENV_\\w+|VIRTUAL_ENV|CONDA_\\w+|MAMBA_\\w+|LD_(?:LIBRARY_PATH|PRELOAD)|DYLD_\\w+',
    'CUDA\\w*|CUDNN_\\w+|CUBLAS_\\w+|NVIDIA_\\w+|NCCL_\\w+|GLOO_\\w+|ROCM?_\\w+|ROCR_\\w+|HIP_\\w+|HSA_\\w+',
    'OMP_\\w+|MKL_\\w+|KMP_\\w+|OPENBLAS_\\w+|NUMEXPR_\\w+|VECLIB_\\w+|MALLOC_\\w+|GOMP_\\w+',
    'TORCH\\w*|PYTORCH_\\w+|TF_\\w+|XLA_\\w+|JAX_\\w+|KERAS_\\w+|TRITON_\\w+|TOKENIZERS_\\w+|TRANSFORMERS_\\w+|HF_\\w+',
    'MPLBACKEND|MPLCONFIGDIR|JULIA_\\w+|R_\\w+|JAVA_HOME|NODE_PATH|NODE_ENV|MODULEPATH|LOADEDMODULES|SLURM_\\w+',
    'SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(?:HTTPS?|ALL|NO)_PROXY',
  ].join('|')})$`,
  'i',
);
/** Not even then. */
const PRIVATE = /TOKEN(?!IZERS)|SECRET|PASS|CREDENTIAL|_?KEY$|AUTH/i;
/** An address with a user and a password, such as that of a proxy. */
const WITH_PASSWORD = /:\/\/[^/\s@]+@/;

export interface Inherited {
  /** May be written down. */
  stored: Record<string, string>;
  /** Anything else may be a secret: it is in memory only. */
  inMemory: Record<string, string>;
}

/** @param secretNames variables that the person calls secrets: they are in neither part */
export function splitInherited(
  env: Readonly<Record<string, string>>,
  secretNames: readonly string[] = [],
): Inherited {
  const parts: Inherited = { stored: {}, inMemory: {} };
  for (const [name, value] of Object.entries(env)) {
    if (secretNames.includes(name) || isOfRepository(name)) continue;
    const isHarmless = KEPT.test(name) && !PRIVATE.test(name) && !WITH_PASSWORD.test(value);
    parts[isHarmless ? 'stored' : 'inMemory'][name] = value;
  }
  return parts;
}
