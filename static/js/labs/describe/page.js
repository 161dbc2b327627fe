/** The page of the describe lab. */

import { arrive } from "../main.js";
import { Lab } from "./index.js";

arrive(Lab);
