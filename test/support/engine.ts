/** What .ci/tools/containers.mjs made ready. */
export interface Engine {
  /** Of its API, as in DOCKER_HOST, e.g. `unix:///var/run/docker.sock`. */
  address: string;
  images: {
    /** Debian's Python with pip and the requirements of examples/digits, and bash. */
    python: string;
    /** busybox with its `sh`; no bash. */
    shell: string;
    /** The program `/busybox` and nothing else. */
    noshell: string;
  };
}

const { env } = process;

/** A suite of tests with containers. It is left out where no engine runs: `npm test` says so at its end. */
export function describeWithEngine(title: string, suite: (this: Mocha.Suite, engine: Engine) => void): void {
  if (!env.TRAINYARD_TEST_DOCKER) return;
  const engine = {
    address: env.TRAINYARD_TEST_DOCKER,
    images: {
      python: image('PYTHON'),
      shell: image('SHELL'),
      noshell: image('NOSHELL'),
    },
  };
  describe(title, function () {
    suite.call(this, engine);
  });
}

function image(name: string): string {
  const value = env[`TRAINYARD_TEST_IMAGE_${name}`];
  if (!value) throw new Error(`TRAINYARD_TEST_IMAGE_${name} is missing: run .ci/tools/containers.mjs.`);
  return value;
}
