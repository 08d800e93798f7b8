const vscode = require('vscode');

/** debugpy speaks the editor's own protocol: a connection is all that it takes. */
exports.activate = ({ subscriptions }) => {
  subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory('debugpy', {
      createDebugAdapterDescriptor: ({ configuration: { connect } }) =>
        new vscode.DebugAdapterServer(connect.port, connect.host),
    }),
  );
};
