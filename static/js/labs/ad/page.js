/** The page of the AD lab. */

import { arrive } from "../main.js";
import { Lab } from "./index.js";

arrive(Lab);
