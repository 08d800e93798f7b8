/**
 * What Python runs at its start when the folder of the file is in PYTHONPATH. It never disturbs a script: it takes its folder off
 * the path again, and the `sitecustomize` that it hides runs as ever.
 */
export interface Hook {
  /** Python that defines a function. */
  code: string;
  /** The name of the function, which is called with the folder of the file. */
  call: string;
}

/** The text of `sitecustomize.py`. @param hooks in the order in which they are called */
export function sitecustomize(hooks: readonly Hook[]): string {
  return `# Of Trainyard.
def _leave_path(here):
    import os, sys

    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]

${hooks.map(({ code }) => code.trim()).join('\n\n\n')}


def _go_on():
    import sys
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec('sitecustomize')
    if spec is None or spec.loader is None:
        return
    from importlib.util import module_from_spec

    module = module_from_spec(spec)
    sys.modules['sitecustomize'] = module
    spec.loader.exec_module(module)


try:
    import os

    _here = os.path.dirname(os.path.abspath(__file__))
    _leave_path(_here)
${hooks.map(({ call }) => `    ${call}(_here)`).join('\n')}
except Exception:
    pass  # The script comes first.
_go_on()
`;
}
