/** Environments that a workspace keeps: what is in them, by content, so that the same one can be made on any target. */

/** One of `image` and `build` is there for a container; `conda` and `pip` also make an environment without one. */
export interface EnvironmentDefinition {
  /** The container image that it is, or that it starts from. */
  image?: string;
  /** Text of a conda file (YAML). */
  conda?: string;
  /** Text of a requirements.txt. */
  pip?: string;
  build?: {
    /** SHA-256 of the tar archive of the build context, which the workspace keeps. */
    context: string;
    /** Relative to the context, with `/`. */
    dockerfile: string;
  };
  /** Environment variables of every job that runs in it. */
  variables?: Record<string, string>;
}
