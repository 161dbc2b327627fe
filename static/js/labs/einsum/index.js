/** The Einsum lab. */
import { html } from "../../../vendor/preact.js";
export const Lab = () => html`<p></p>`;
