import '../shared/theme.css';
import '../shared/page.css';
import '../controls/icons.css';
import '../controls/toolkit.js';
import './run.css';
import './tables.css';
import type { FromRun, RunPanelState, ToRun } from '../../src/panels/run-messages.js';
import { connectHost } from '../shared/host.js';
import { TyRun } from './app.js';
import { currentState, RunModel } from './model.js';

const host = connectHost<ToRun, FromRun, RunPanelState>(1, currentState);
const model = new RunModel(host);
const app = new TyRun();
app.model = model;
document.body.append(app);
host.onMessage((message) => model.receive(message));
model.start();
