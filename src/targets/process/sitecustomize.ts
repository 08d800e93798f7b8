import { DEBUGGER_HOOK } from '../shared/debugger-hook.js';
import { sitecustomize } from '../shared/sitecustomize.js';
import { MOUNTED_FOLDERS } from './mounted-folders.js';

/**
 * At the end it writes the files of modules that come neither with Python nor from installed packages, separated by NUL, to
 * `used/<pid>`. TRAINYARD_NOTE_CODE=off in the environment leaves it out.
 */
const NOTE_CODE = `
def _watch(here):
    import atexit, os, sys

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
`;

export const SITECUSTOMIZE = sitecustomize([
  { code: NOTE_CODE, call: '_watch' },
  { code: MOUNTED_FOLDERS, call: '_join_mounted' },
  DEBUGGER_HOOK,
]);
