/** How a job tells where its debugger listens, for targets of every kind. */

/** Of the environment: has the first Python of a job tell. Its value is the folder of debugpy's package, or empty. */
export const TELL_DEBUGGER_VARIABLE = 'TRAINYARD_DEBUGGER';

/** The file in the folder of `sitecustomize.py`. */
export const DEBUGGER_FILE = 'debugger.json';

/** What is in it. `host` and `port` as the job knows them. */
export interface ToldDebugger {
  host: string;
  port: number;
  waits: boolean;
}

/**
 * A part of `sitecustomize.py`: writes down where debugpy listens, which takes any port that is free, and whether it still
 * waits for an editor. debugpy tells neither.
 */
export const TELL_DEBUGGER = `def _tell_debugger(here):
    import os, sys

    package = os.environ.pop('${TELL_DEBUGGER_VARIABLE}', None)
    if package is None:
        return
    if package:
        sys.path.insert(0, os.path.dirname(package))
    try:
        import debugpy
    finally:
        if package:
            del sys.path[0]
    import json

    listen, wait = debugpy.listen, debugpy.wait_for_client
    file = os.path.join(here, '${DEBUGGER_FILE}')
    told = {'waits': False}

    def tell(**what):
        told.update(what)
        with open(file + '.new', 'w') as out:
            json.dump(told, out)
        os.replace(file + '.new', file)

    def listen_and_tell(*args, **kwargs):
        # Python puts the folder of what it runs there, which is that of debugpy's own modules.
        sys.path[:] = [entry for entry in sys.path if not package or entry != package]
        host, port = listen(*args, **kwargs)
        tell(host=host, port=port)
        return host, port

    def wait_and_tell():
        tell(waits=True)
        wait()
        tell(waits=False)

    debugpy.listen, debugpy.wait_for_client = listen_and_tell, wait_and_tell
`;
