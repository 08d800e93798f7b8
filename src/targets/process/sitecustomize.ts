import { TELL_DEBUGGER } from '../shared/debugger.js';
import { MOUNTED_FOLDERS } from './mounted-folders.js';

/**
 * What Python runs at its start when its folder is in PYTHONPATH. At the end it writes the files of modules that come
 * neither with Python nor from installed packages, separated by NUL, to `used/<pid>` beside it. It never disturbs a script:
 * it takes its folder off the path again, and the `sitecustomize` that it hides runs as ever.
 */
export const SITECUSTOMIZE = `# Of Trainyard: notes which code a job used. TRAINYARD_NOTE_CODE=off in the environment leaves it out.
def _watch():
    import atexit, os, sys

    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]
    if os.environ.get('TRAINYARD_NOTE_CODE', '').lower() in ('0', 'off', 'false', 'no'):
        return
    start = os.getcwd()
    library = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
    installed = (os.sep + 'site-packages' + os.sep, os.sep + 'dist-packages' + os.sep)

    def write():
        try:
            files = set()
            for module in list(sys.modules.values()):
                file = getattr(module, '__dict__', {}).get('__file__')
                if not isinstance(file, str) or file.startswith('<'):
                    continue
                file = os.path.normpath(os.path.join(start, file))
                known = file.startswith(library) or any(part in file for part in installed)
                if not known and not file.startswith(here + os.sep) and '/debugpy/' not in file.replace(os.sep, '/'):
                    files.add(file)
            if files:
                with open(os.path.join(here, 'used', str(os.getpid())), 'wb') as out:
                    out.write(b'\\0'.join(os.fsencode(file) for file in sorted(files)))
        except Exception:
            pass  # The script comes first.

    atexit.register(write)

${MOUNTED_FOLDERS}
${TELL_DEBUGGER}

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
    _watch()
    _join_mounted(_here)
    _tell_debugger(_here)
except Exception:
    pass  # The script comes first.
_go_on()
`;
