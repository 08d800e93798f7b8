import assert from 'node:assert/strict';
import { saysJobFile } from '../../../src/extension/job-files/binding.js';

const AT = 'https://azuremlschemas.azureedge.net/latest';

describe('what says that it is a job file', () => {
  for (const text of [
    `$schema: ${AT}/commandJob.schema.json\n`,
    `# A comment\n"$schema": '${AT}/CommandJob.schema.json'\r\ncommand: x`,
    `$schema: ./commandJob.schema.json\n`,
    `# yaml-language-server: $schema=${AT}/commandJob.schema.json\nname: x\n`,
    'command: python train.py\nenvironment: azureml:x:1\n',
    'type: command\ncommand: >-\n  python a.py\n',
    'command: x\ncompute: local\n',
  ])
    it(`is ${JSON.stringify(text)}`, () => assert.ok(saysJobFile(text)));

  for (const text of [
    '',
    'services:\n  web:\n    command: x\n    environment: []\n',
    'command: x\nargs: [1]\n',
    'environment: prod\n',
    `$schema: ${AT}/pipelineJob.schema.json\ncommand: x\nenvironment: y\n`,
    `$schema: ${AT}/commandComponent.schema.json\ntype: command\ncommand: x\nenvironment: y\n`,
    `jobs:\n  a:\n    $schema: ${AT}/commandJob.schema.json\n`,
    `command: x\nenvironment: y\n${'#'.repeat(1_000_000)}`,
  ])
    it(`is not ${JSON.stringify(text.slice(0, 100))}`, () => assert.ok(!saysJobFile(text)));
});
