'use strict';
// Mocha's spec reporter, which also writes the counts to a file.
const fs = require('node:fs');
const { reporters } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      fs.writeFileSync(
        options.reporterOption.file,
        JSON.stringify({ passed: passes, failed: failures, skipped: pending }),
      );
    });
  }
};
