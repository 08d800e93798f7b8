/**
 * Leaves out of a bundle what dockerode brings and nobody here uses: its connection by SSH, with native code, and BuildKit's
 * sessions, with gRPC.
 */
const CUT = {
  'docker-modem/lib/ssh.js': "module.exports = () => { throw new Error('SSH is not built in.'); };",
  'dockerode/lib/session.js': "module.exports = () => { throw new Error('BuildKit is not built in.'); };",
};

export const cutDockerode = {
  name: 'cut-dockerode',
  setup({ onLoad }) {
    for (const [file, contents] of Object.entries(CUT))
      onLoad(
        { filter: new RegExp(`node_modules/${file.replaceAll('.', '\\.')}$`.replaceAll('/', '[\\\\/]')) },
        () => ({
          contents,
          loader: 'js',
        }),
      );
  },
};
