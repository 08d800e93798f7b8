import { urlsOf, type Route } from '../../../src/server/mlflow/route.js';

const INTRODUCTION = `# The MLflow protocol that Trainyard answers

Written from the table in \`src/server/mlflow/routes.ts\` by \`test/unit/mlflow/routes.test.ts\`; change the table, then
run that test with \`TRAINYARD_UPDATE_DOCS=1\`.

Scripts reach it at \`MLFLOW_TRACKING_URI\` with \`MLFLOW_TRACKING_TOKEN\`. Errors are MLflow's
\`{"error_code", "message"}\`. A route below \`/api\` answers below \`/ajax-api\` too. What the last table names is
answered with 501 \`NOT_IMPLEMENTED\` and the reason, whatever is in no table with 404 \`ENDPOINT_NOT_FOUND\`: clients
repeat neither.

The token of the server reaches all of it. The token of a job reaches what the column _For a job_ names
([why](decisions/0019-least-right-of-a-run.md)); the rest is 403 \`PERMISSION_DENIED\`. Its runs are the one that it was submitted
as, those that it began, and their children. Its experiment is that of the first of them.
`;

/** The protocol as a page for people. */
export function protocolPage(routes: readonly Route[]): string {
  const groups = [...new Set(routes.map(({ group }) => group))];
  const sections = groups.map((group) =>
    section(
      group,
      routes.filter((route) => route.group === group),
    ),
  );
  return [INTRODUCTION, ...sections].join('\n');
}

function section(group: string, routes: readonly Route[]): string {
  const rows = routes.map((route) => {
    const cells = [route.methods.join(', '), `\`${urlsOf(route)[0]}\``];
    if (route.status === 'implemented') cells.push(forAJob(route), fields(route));
    else cells.push(route.why);
    return `| ${cells.join(' | ')} |`;
  });
  const last = routes[0]?.status === 'implemented' ? ['For a job', 'Fields (* required)'] : ['Why'];
  const titles = ['Method', 'Path', ...last];
  const lines = [titles, titles.map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`);
  return [`## ${group}`, '', ...lines, ...rows, ''].join('\n');
}

function forAJob({ who, words }: Extract<Route, { status: 'implemented' }>): string {
  if (who === 'person') return 'no';
  return words ?? 'yes';
}

function fields(route: Extract<Route, { status: 'implemented' }>): string {
  const { properties, required = [] } = route.schema as { properties: object; required?: string[] };
  return Object.keys(properties)
    .filter((name) => name !== '*')
    .map((name) => (required.includes(name) ? `${name}*` : name))
    .join(', ');
}
