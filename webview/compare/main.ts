import '../shared/theme.css';
import '../shared/page.css';
import '../controls/icons.css';
import '../controls/toolkit.js';
import './compare.css';
import type { CompareState, FromCompare, ToCompare } from '../../src/extension/panels/compare-messages.js';
import { connectHost } from '../shared/host.js';
import { TyCompare } from './app.js';

const app = new TyCompare();
app.host = connectHost<ToCompare, FromCompare, CompareState>();
document.body.append(app);
