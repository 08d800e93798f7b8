import type { FastifyInstance } from 'fastify';

/** Every route that an app has, wherever it was registered, as `METHOD /path`. */
export async function routesOf(app: FastifyInstance): Promise<string[]> {
  await app.ready();
  const routes: string[] = [];
  const path: string[] = [];
  for (const line of app.printRoutes().split('\n')) {
    const [, indent, part, methods] = /^([│ ]*)[├└]── (\S*)(?: \((.*)\))?$/.exec(line) ?? [];
    if (indent === undefined || part === undefined) continue;
    path.length = indent.length / 4;
    path.push(part);
    if (methods) routes.push(...methods.split(', ').map((method) => `${method} ${path.join('')}`));
  }
  return routes;
}
