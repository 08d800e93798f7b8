import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';

export interface Wheel {
  /** Of the file. */
  name: string;
  bytes: Buffer;
}

/** A package of one empty module, as pip installs it. */
export function wheelOf(name: string, version: string): Wheel {
  const module = name.replaceAll('-', '_');
  const script = `
import sys, zipfile
module, name, version = sys.argv[1:]
info = f'{module}-{version}.dist-info'
files = {
    f'{module}.py': '',
    f'{info}/METADATA': f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n',
    f'{info}/WHEEL': 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
}
files[f'{info}/RECORD'] = ''.join(f'{file},,\\n' for file in [*files, f'{info}/RECORD'])
with zipfile.ZipFile(sys.stdout.buffer, 'w') as wheel:
    for file, text in files.items():
        wheel.writestr(file, text)
`;
  const python = process.env['TRAINYARD_TEST_PYTHON'] ?? assert.fail('TRAINYARD_TEST_PYTHON');
  const bytes = execFileSync(python, ['-c', script, module, name, version]);
  return { name: `${module}-${version}-py3-none-any.whl`, bytes };
}

/** An index of one package on this machine, as pip asks one. */
export class PackageIndex {
  /** Files are not sent until `release`. */
  isHeld = false;
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  private readonly wheel: Wheel;
  private readonly held: (() => void)[] = [];
  private readonly server: http.Server;

  constructor(wheel: Wheel) {
    this.wheel = wheel;
    this.server = http.createServer(({ url = '' }, response) => {
      this.asked.push(url);
      if (!url.endsWith('.whl')) {
        response.setHeader('content-type', 'text/html');
        return void response.end(`<a href="/files/${wheel.name}">${wheel.name}</a>`);
      }
      const send = () => response.end(this.wheel.bytes);
      if (this.isHeld) this.held.push(send);
      else send();
    });
  }

  /** @returns its address */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/simple`;
  }

  release(): void {
    this.isHeld = false;
    for (const send of this.held.splice(0)) send();
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
