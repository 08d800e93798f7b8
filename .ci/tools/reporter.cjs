'use strict';
// Mocha's spec reporter, which also writes the counts, and what failed, to the file that TRAINYARD_TEST_RESULT names.
const fs = require('node:fs');
const { reporters } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      fs.writeFileSync(
        process.env.TRAINYARD_TEST_RESULT,
        JSON.stringify({
          passed: passes,
          failed: failures,
          skipped: pending,
          failures: this.failures.map(told),
        }),
      );
    });
  }
};

const told = (test) => `${test.fullTitle()}: ${test.err?.message ?? 'failed'}`;
