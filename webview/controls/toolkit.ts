/**
 * The one place that knows @vscode/webview-ui-toolkit. Only the components in use are registered, since each costs
 * about 10 kB: <vscode-button>, <vscode-text-field>.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeTextField } from '@vscode/webview-ui-toolkit';
import './toolkit.css';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField());
