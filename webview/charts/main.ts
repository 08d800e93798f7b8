import '../shared/theme.css';
import '../shared/page.css';
import '../controls/icons.css';
import '../controls/toolkit.js';
import './charts.css';
import './arrangement.css';
import './images.css';
import type { ChartsState, FromCharts, ToCharts } from '../../src/panels/messages.js';
import { connectHost } from '../shared/host.js';
import { TyCharts } from './app.js';
import { ImageCache } from './image-cache.js';
import { ImagesModel } from './images-model.js';
import { Loader } from './loader.js';
import { ChartsModel, currentState } from './model.js';
import { PrintedModel } from './printed-model.js';

const host = connectHost<ToCharts, FromCharts, ChartsState>(1, currentState);
const app = new TyCharts();
app.model = new ChartsModel(host);
app.printed = new PrintedModel((message) => host.post(message));
// Before what makes the page ask for a log.
host.onMessage((message) => {
  if (message.type === 'log') app.printed.receive(message);
  else if (message.type === 'init') app.printed.restart();
});
app.loader = new Loader(host, app.model);
app.images = new ImagesModel();
app.cache = new ImageCache((message) => host.post(message));
host.onMessage((message) => {
  if (message.type === 'images') app.images.set(message.runId, message.images);
  else if (message.type === 'image') app.cache.receive(message);
  else if (message.type === 'init') app.cache.restart();
  if (message.type === 'runs') app.images.keepOnly(new Set(message.runs.map(({ id }) => id)));
});
document.body.append(app);
host.post({ type: 'ready' });
