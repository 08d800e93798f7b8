/**
 * What Python runs at its start in a job that has folders mounted into its code, with `here` the folder of the file
 * `mounted`, which names them, separated by NUL. The system neither removes nor renames such a folder, nor moves a file into
 * it; by hand it does, and scripts begin with `shutil.rmtree('outputs')`. So Python's own functions do what they do by hand:
 * a removed folder is empty and may be made again, and what cannot be moved is copied and put in its place at once.
 */
export const MOUNTED_FOLDERS = `
def _join_mounted(here):
    import errno, functools, os

    with open(os.path.join(here, 'mounted'), 'rb') as file:
        mounted = set(os.fsdecode(name) for name in file.read().split(b'\\0') if name)
    if not mounted:
        return
    removed = set()
    rmdir, mkdir, rename, replace = os.rmdir, os.mkdir, os.rename, os.replace

    def place(path, dir_fd):
        start = os.getcwd() if dir_fd is None else os.readlink('/proc/self/fd/%d' % dir_fd)
        parent, name = os.path.split(os.path.normpath(os.path.join(start, os.fsdecode(path))))
        return os.path.join(os.path.realpath(parent), name)

    def is_mounted(path, dir_fd):
        return place(path, dir_fd) in mounted

    def remove_folder(path, dir_fd):
        folder = place(path, dir_fd)
        if os.listdir(folder):
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), path)
        removed.add(folder)

    @functools.wraps(rmdir)
    def new_rmdir(path, *, dir_fd=None):
        try:
            return rmdir(path, dir_fd=dir_fd)
        except OSError as error:
            if error.errno != errno.EBUSY or not is_mounted(path, dir_fd):
                raise
        remove_folder(path, dir_fd)

    @functools.wraps(mkdir)
    def new_mkdir(path, mode=0o777, *, dir_fd=None):
        try:
            return mkdir(path, mode, dir_fd=dir_fd)
        except FileExistsError:
            folder = place(path, dir_fd) if removed else None
            if folder not in removed or os.listdir(folder):
                raise
            removed.discard(folder)

    def move(one, other):
        import shutil, uuid

        if one in mounted:
            if not os.path.isdir(other):
                new_mkdir(other)
            elif os.listdir(other):
                raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), one, None, other)
            for name in os.listdir(one):
                shutil.move(os.path.join(one, name), os.path.join(other, name))
            removed.add(one)
            return
        beside = '%s.%s' % (other, uuid.uuid4().hex[:8])
        is_folder = os.path.isdir(one) and not os.path.islink(one)
        try:
            if is_folder:
                shutil.copytree(one, beside, symlinks=True)
            else:
                shutil.copy2(one, beside, follow_symlinks=False)
            replace(beside, other)
        except BaseException:
            if is_folder:
                shutil.rmtree(beside, ignore_errors=True)
            elif os.path.lexists(beside):
                os.unlink(beside)
            raise
        shutil.rmtree(one) if is_folder else os.unlink(one)

    def moving(plain):
        @functools.wraps(plain)
        def moved(src, dst, *, src_dir_fd=None, dst_dir_fd=None):
            try:
                return plain(src, dst, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
            except OSError as error:
                one, other = place(src, src_dir_fd), place(dst, dst_dir_fd)
                within = lambda path: any(path == top or path.startswith(top + os.sep) for top in mounted)
                whole = error.errno == errno.EBUSY and one in mounted
                across = error.errno == errno.EXDEV and (within(one) or within(other))
                if not whole and not across:
                    raise
            move(one, other)

        return moved

    class Function:
        # Unlike a function, and like those of the system, it does not become a method of a class that names it: pathlib does
        # so before Python 3.11.
        def __init__(self, function):
            functools.update_wrapper(self, function)

        def __call__(self, *args, **kwargs):
            return self.__wrapped__(*args, **kwargs)

    new = {'rmdir': new_rmdir, 'mkdir': new_mkdir, 'rename': moving(rename), 'replace': moving(replace)}
    for name, changed in new.items():
        function = Function(changed)
        # shutil removes in its safe way only with functions that are known to take folders so.
        if getattr(os, name) in os.supports_dir_fd:
            os.supports_dir_fd.add(function)
        setattr(os, name, function)
`;
