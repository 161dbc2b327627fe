/** The page of all labs. */

import { arrive } from "./main.js";

arrive(null);
