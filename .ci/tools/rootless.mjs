// Runs tests as a user who is not root, may run engines, and is known only while they run.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './shell.mjs';
import { aptInstall } from './setup.mjs';

const NEEDED = {
  '/usr/bin/podman': 'podman',
  '/usr/bin/catatonit': 'catatonit',
  '/usr/bin/newuidmap': 'uidmap',
  '/usr/bin/slirp4netns': 'slirp4netns',
  '/usr/bin/rootlesskit': 'rootlesskit',
};
/** Where Debian has dockerd-rootless.sh. */
const CONTRIB = '/usr/share/docker.io/contrib';

/**
 * A disk in memory at /mnt has the user's home, the checkout, Node, the images and the account; nothing outside the namespaces
 * changes. Devices are as udev makes them.
 */
const PREPARE = `set -e
ip link set lo up
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /mnt
cd /mnt
for device in 'net/tun 10 200' 'fuse 10 229'; do
  set -- $device "$@"
  mkdir -p device && mknod -m 666 "device/$3" c "$2" "$3"
  [ ! -e "/dev/$1" ] || mount --bind "device/$3" "/dev/$1"
  shift 3
done
for file in passwd group subuid subgid; do cp "/etc/$file" "$file" 2>/dev/null || : > "$file"; done
echo 'tester:x:61000:61000::/mnt/home:/bin/sh' >> passwd
echo 'tester:x:61000:' >> group
echo 'tester:500000:65536' | tee subuid > subgid
for file in passwd group subuid subgid; do touch "/etc/$file"; mount --bind "$file" "/etc/$file"; done
mkdir checkout node images out home run
mount --bind "$CHECKOUT" checkout
mount --bind "$NODE_FOLDER" node
mount --bind "$SCRATCH" out
mount --bind "$SCRATCH/images" images
mkdir -p home/.config/containers
cat > home/.config/containers/containers.conf <<'END'
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
END
printf '[storage]\\ndriver = "overlay"\\n' > home/.config/containers/storage.conf
chown -R tester:tester home run out
chmod 700 home run
mount --make-rshared /
cd checkout
exec setpriv --reuid tester --regid tester --init-groups --inh-caps=-all "$@"`;

/**
 * @param args of Node, with paths from the checkout
 * @param env variables of the tests; their result is written into `scratch`
 * @returns program, arguments and variables of a process that runs them
 */
export async function asUser(node, args, { env, scratch, images }) {
  const missing = Object.entries(NEEDED).filter(([file]) => !fs.existsSync(file));
  if (missing.length > 0) aptInstall(missing.map(([, name]) => name));
  await saveImages(images, path.join(scratch, 'images'));
  const result = path.join('/mnt/out', path.basename(env.TRAINYARD_TEST_RESULT));
  const own = {
    ...env,
    TRAINYARD_TEST_RESULT: result,
    TRAINYARD_TEST_IMAGES: '/mnt/images',
    TRAINYARD_HOME: '/mnt/home/trainyard',
    HOME: '/mnt/home',
    USER: 'tester',
    LOGNAME: 'tester',
    XDG_RUNTIME_DIR: '/mnt/run',
    PATH: `${CONTRIB}:${process.env.PATH}:/usr/sbin:/sbin`,
  };
  const words = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  const inside = ['env', '-i', ...words, `/mnt/node/${path.basename(node)}`, ...args];
  return {
    program: 'unshare',
    args: ['--net', '--mount', 'sh', '-c', PREPARE, 'sh', ...inside],
    env: { CHECKOUT: ROOT, NODE_FOLDER: path.dirname(node), SCRATCH: scratch },
  };
}

/** Of the engine of the tests, for engines that cannot ask it. */
async function saveImages(images, folder) {
  const { default: Docker } = await import('dockerode');
  const { pipeline } = await import('node:stream/promises');
  fs.mkdirSync(folder, { recursive: true });
  for (const image of images) {
    const archive = await new Docker().getImage(image).get();
    await pipeline(archive, fs.createWriteStream(path.join(folder, archiveOf(image))));
  }
}

/** As test/engines/own-engine.ts looks for it. */
function archiveOf(image) {
  return `${image.replaceAll(/[/:]/g, '-')}.tar`;
}
