import '../shared/theme.css';
import '../shared/page.css';
import '../controls/icons.css';
import '../controls/toolkit.js';
import './table.css';
import type { FromTable, TableState, ToTable } from '../../src/panels/table-messages.js';
import { connectHost } from '../shared/host.js';
import { TyTable } from './app.js';
import { currentState, TableModel } from './model.js';
import { measureIn } from './widths.js';

const host = connectHost<ToTable, FromTable, TableState>(1, currentState);
const model = new TableModel(host, measureIn(document.body));
const app = new TyTable();
app.model = model;
document.body.append(app);
host.onMessage((message) => model.receive(message));
model.start();
