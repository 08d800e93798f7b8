/** What Python runs at its start so that a debugger can listen in it: from the start, or when somebody asks for it. */
import type { Hook } from './sitecustomize.js';

/** Of the environment: the first Python of a job is under a debugger. Its value is a folder of debugpy for one that has none, or empty. */
export const DEBUGGER_VARIABLE = 'TRAINYARD_DEBUGGER';

/** In the folder of `sitecustomize.py`: where the debugger listens. */
export const TOLD_FILE = 'debugger.json';
/** The wish for one, which `ASK_SIGNAL` has the Python look for. */
export const ASK_FILE = 'attach.json';
/** A folder with a file for each Python that can be asked, by its process ID: its program and its words, separated by NUL. */
export const PYTHONS_FOLDER = 'pythons';

/**
 * Its usual effect is none, so it does no harm to a process that does not know it. Programs get it from sockets only that ask for
 * it. Windows has none.
 */
export const ASK_SIGNAL = 'SIGURG';

/**
 * Costs a script nothing: debugpy is imported when it is to listen, there is no thread, and the handler of the signal runs when
 * somebody asks. That runs in the main thread, whose frames it can have traced without a library of the system's.
 */
export const DEBUGGER_HOOK: Hook = {
  call: '_serve_debugger',
  code: `
def _serve_debugger(here):
    import os, sys

    told = {'pid': os.getpid(), 'python': sys.executable, 'waits': False}

    def tell(**what):
        import json

        told.pop('error', None)
        told.update(what)
        file = os.path.join(here, '${TOLD_FILE}')
        with open(file + '.new', 'w') as out:
            json.dump(told, out)
        os.replace(file + '.new', file)

    def tell_error(error, at_start):
        version = '.'.join(str(part) for part in sys.version_info[:3])
        tell(error='%s: %s' % (type(error).__name__, error), version=version, atStart=at_start)

    def find_debugpy(package):
        try:
            import debugpy
        except ImportError:
            if not package:
                raise
            folder = os.path.dirname(package)
            sys.path.insert(0, folder)
            try:
                import debugpy
            finally:
                sys.path.remove(folder)
        return debugpy

    def listen_now(package):
        # Else it warns in the job's log of modules of Python that it cannot show.
        name = 'PYDEVD_DISABLE_FILE_VALIDATION'
        is_own = name not in os.environ
        os.environ.setdefault(name, '1')
        try:
            debugpy = find_debugpy(package)
            # What the script starts from now on goes on without.
            debugpy.configure(subProcess=False)
            return debugpy.listen(('127.0.0.1', 0))
        finally:
            if is_own:
                del os.environ[name]

    package = os.environ.pop('${DEBUGGER_VARIABLE}', None)
    if package is not None:
        try:
            debugpy = find_debugpy(package)
        except Exception as error:
            tell_error(error, True)
            raise
        listen, wait = debugpy.listen, debugpy.wait_for_client

        # It takes any port that is free, and tells neither that nor whether it still waits for an editor.
        def listen_and_tell(*args, **kwargs):
            host, port = listen(*args, **kwargs)
            tell(host=host, port=port)
            return host, port

        def wait_and_tell():
            tell(waits=True)
            wait()
            tell(waits=False)

        debugpy.listen, debugpy.wait_for_client = listen_and_tell, wait_and_tell
        return

    try:
        import _signal

        number = _signal.${ASK_SIGNAL}
    except (ImportError, AttributeError):
        return
    words = getattr(sys, 'orig_argv', None) or getattr(sys, 'argv', [])
    # A debugger's own process.
    if any(os.path.join('debugpy', 'adapter') in word for word in words):
        return
    busy = []

    def answer(number, frame):
        ask = os.path.join(here, '${ASK_FILE}')
        # It comes again while it is not answered.
        if busy or not os.path.exists(ask):
            return
        busy.append(True)
        try:
            import json, threading

            with open(ask) as file:
                wish = json.load(file)
            if wish['pid'] != os.getpid():
                return
            # The thread that this interrupts may be about to start another, and debugpy does so, too.
            lock = getattr(threading, '_active_limbo_lock', None)
            if lock is not None:
                if not lock.acquire(False):
                    return
                lock.release()
            os.unlink(ask)
            # Somebody asked twice, or lost the answer.
            if 'port' in told:
                return tell()
            try:
                host, port = listen_now(wish.get('debugpy'))
                tell(host=host, port=port)
            except Exception as error:
                tell_error(error, False)
        except Exception:
            pass  # The script comes first.
        finally:
            busy.pop()

    if _signal.getsignal(number) is not _signal.SIG_DFL:
        return
    _signal.signal(number, answer)
    with open(os.path.join(here, '${PYTHONS_FOLDER}', str(os.getpid())), 'wb') as out:
        out.write(b'\\0'.join(os.fsencode(word) for word in [sys.executable] + list(words)))
`,
};
