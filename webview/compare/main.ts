import '../shared/theme.css';
import '../shared/page.css';
import '../controls/icons.css';
import '../controls/toolkit.js';
import './compare.css';
import './sheet.css';
import './relations.css';
import type { CompareState, FromCompare, ToCompare } from '../../src/panels/compare-messages.js';
import { connectHost } from '../shared/host.js';
import { TyCompare } from './app.js';
import { CompareModel, currentState } from './model.js';

const app = new TyCompare();
app.model = new CompareModel(connectHost<ToCompare, FromCompare, CompareState>(1, currentState));
document.body.append(app);
