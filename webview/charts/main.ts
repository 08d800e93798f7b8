import '../shared/theme.css';
import '../shared/page.css';
import '../controls/icons.css';
import '../controls/toolkit.js';
import './charts.css';
import './arrangement.css';
import type { ChartsState, FromCharts, ToCharts } from '../../src/extension/panels/messages.js';
import { connectHost } from '../shared/host.js';
import { TyCharts } from './app.js';
import { Loader } from './loader.js';
import { ChartsModel } from './model.js';

const host = connectHost<ToCharts, FromCharts, ChartsState>();
const app = new TyCharts();
app.model = new ChartsModel(host);
app.loader = new Loader(host, app.model);
document.body.append(app);
host.post({ type: 'ready' });
