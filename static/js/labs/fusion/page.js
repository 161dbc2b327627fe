/** The page of the fusion lab. */

import { arrive } from "../main.js";
import { Lab } from "./index.js";

arrive(Lab);
