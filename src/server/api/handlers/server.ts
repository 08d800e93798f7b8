import * as schema from '../schemas.js';
import { endpoint } from '../endpoint.js';

/** The server itself: its state, settings and events. */

export const status = endpoint({}, (_input, call) => call.status());

export const shutdown = endpoint({}, async (_input, call) => {
  await call.reply.send({});
  call.shutdown();
});

export const settings = endpoint({}, (_input, call) => call.settings.current);

export const changeSettings = endpoint({ body: schema.SettingsBody }, ({ body }, call) => {
  const current = call.settings.change(body);
  call.jobs.settingsChanged();
  return current;
});

export const events = endpoint({}, (_input, call) => call.events.listen(call.reply));
