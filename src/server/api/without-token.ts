import type { SubmitRequest } from '../../workspace/local/contract.js';

const TRACKING = 'MLFLOW_TRACKING_URI';
const THIS_MACHINE = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/i;

/**
 * A submit without the server's own token, which may be in the environment of a shell that ran “trainyard env”, or in a
 * .env file. The job gets its own token instead, and with it the address of this server.
 */
export function withoutToken(request: SubmitRequest, token: string): SubmitRequest {
  const without = (variables: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(variables).filter(([, value]) => !value.includes(token)));
  const { spec, baseEnv, secrets } = request;
  const own = without(spec.environmentVariables);
  const hadToken = Object.keys(own).length < Object.keys(spec.environmentVariables).length;
  if (hadToken && THIS_MACHINE.test(own[TRACKING] ?? '')) delete own[TRACKING];
  const kept = without(secrets ?? {});
  const isWithout = (name: string) => Object.hasOwn(secrets ?? {}, name) && !Object.hasOwn(kept, name);
  return {
    ...request,
    spec: {
      ...spec,
      environmentVariables: own,
      ...(spec.secrets && { secrets: spec.secrets.filter((name) => !isWithout(name)) }),
    },
    baseEnv: without(baseEnv),
    ...(secrets && { secrets: kept }),
  };
}
